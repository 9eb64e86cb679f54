-- Candidates with the first reason to reject each: north and half of web here, the rest beside.
create unlogged table sales.stage_1 as
select
    1::smallint as rank,
    l.id as id,
    s.shop_id,
    p.product_id,
    l.sold_at as sold_at,
    l.receipt as receipt,
    l.quantity as quantity,
    l.price as price,
    'shop' as channel,
    l.note as note,
    case
        when s.shop_id is null then 'lookup-none shop_id'
        when p.product_id is null then 'lookup-none product_id'
        when l.sold_at is null then 'null sold_at'
        when l.receipt is null then 'null receipt'
        when l.quantity is null then 'null quantity'
        when l.price is null then 'null price'
        when l.price < 0 then 'check lines_price_check'
        when l.quantity <= 0 then 'check lines_quantity_check'
    end as reason
from north.lines as l
left join sales.shops as s on s.code = l.shop
left join sales.products as p on p.code = l.product;

create unlogged table sales.stage_3a as
select
    3::smallint as rank,
    l.id as id,
    s.shop_id,
    p.product_id,
    l.ordered as sold_at,
    l.order_no as receipt,
    l.count as quantity,
    case when abs(l.price) < 99999999.995 then round(l.price, 2)::numeric(10, 2) end as price,
    'web' as channel,
    l.comment as note,
    case
        when not abs(l.price) < 99999999.995 then 'cast price'
        when s.shop_id is null then 'lookup-none shop_id'
        when p.product_id is null then 'lookup-none product_id'
        when l.ordered is null then 'null sold_at'
        when l.order_no is null then 'null receipt'
        when l.count is null then 'null quantity'
        when l.price is null then 'null price'
        when l.price < 0 then 'check lines_price_check'
        when l.count <= 0 then 'check lines_quantity_check'
    end as reason
from web.lines as l
left join sales.shops as s on s.code = l.store
left join sales.products as p on p.code = l.article
where l.id <= (select max(id) / 2 from web.lines);
