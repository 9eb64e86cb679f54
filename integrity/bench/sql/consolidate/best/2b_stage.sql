create unlogged table sales.stage_2 as
select
    2::smallint as rank,
    l.id::bigint as id,
    s.shop_id,
    p.product_id,
    l.sold_on at time zone 'UTC' as sold_at,
    l.receipt_no as receipt,
    l.pieces::integer as quantity,
    case when pg_input_is_valid(l.price_text, 'numeric(10,2)') then l.price_text::numeric(10, 2) end as price,
    'shop' as channel,
    l.remark as note,
    case
        when not pg_input_is_valid(l.price_text, 'numeric(10,2)') then 'cast price'
        when s.shop_id is null then 'lookup-none shop_id'
        when p.product_id is null then 'lookup-none product_id'
        when l.sold_on is null then 'null sold_at'
        when l.receipt_no is null then 'null receipt'
        when l.pieces is null then 'null quantity'
        when l.price_text is null then 'null price'
        when l.price_text::numeric(10, 2) < 0 then 'check lines_price_check'
        when l.pieces <= 0 then 'check lines_quantity_check'
    end as reason
from south.lines as l
left join sales.shops as s on s.code = l.shop_code
left join sales.products as p on p.code = upper(l.sku);

create unlogged table sales.stage_3b as
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
where l.id > (select max(id) / 2 from web.lines);
