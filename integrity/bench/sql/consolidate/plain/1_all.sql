-- The plain script: constraints and indexes first, then insert ... select per source, one transaction.
alter table sales.lines
    add primary key (line_id),
    add unique (shop_id, product_id, sold_at, receipt),
    add foreign key (shop_id) references sales.shops,
    add foreign key (product_id) references sales.products;
create index on sales.lines (product_id, sold_at desc) include (price);
create index on sales.lines (sold_at);
create index on sales.lines (shop_id, channel, sold_at);

insert into sales.lines (
    shop_id, product_id, sold_at, receipt, quantity, price, channel, note, origin, origin_key, origin_arm
)
select
    s.shop_id, p.product_id, l.sold_at, l.receipt, l.quantity, l.price, 'shop', l.note,
    'north.lines', l.id, ''
from north.lines as l
join sales.shops as s on s.code = l.shop
join sales.products as p on p.code = l.product
where l.quantity > 0 and l.price >= 0
on conflict (shop_id, product_id, sold_at, receipt) do nothing;

insert into sales.lines (
    shop_id, product_id, sold_at, receipt, quantity, price, channel, note, origin, origin_key, origin_arm
)
select
    s.shop_id, p.product_id, l.sold_on at time zone 'UTC', l.receipt_no, l.pieces,
    l.price_text::numeric(10, 2), 'shop', l.remark, 'south.lines', l.id, ''
from south.lines as l
join sales.shops as s on s.code = l.shop_code
join sales.products as p on p.code = upper(l.sku)
where l.pieces > 0 and l.price_text ~ '^\d{1,8}(\.\d+)?$'
on conflict (shop_id, product_id, sold_at, receipt) do nothing;

insert into sales.lines (
    shop_id, product_id, sold_at, receipt, quantity, price, channel, note, origin, origin_key, origin_arm
)
select
    s.shop_id, p.product_id, l.ordered, l.order_no, l.count, round(l.price, 2), 'web', l.comment,
    'web.lines', l.id, ''
from web.lines as l
join sales.shops as s on s.code = l.store
join sales.products as p on p.code = l.article
where l.count > 0 and l.price >= 0
on conflict (shop_id, product_id, sold_at, receipt) do nothing;

insert into sales.rejects
select 'north.lines', l.id, 'lookup-none product_id', to_jsonb(l)
from north.lines as l
where not exists (select from sales.products as p where p.code = l.product);

insert into sales.rejects
select 'south.lines', l.id, 'cast price', to_jsonb(l)
from south.lines as l
where l.price_text !~ '^\d{1,8}(\.\d+)?$';

insert into sales.rejects
select 'web.lines', l.id, 'check lines_quantity_check', to_jsonb(l)
from web.lines as l
where l.count <= 0;

analyze sales.lines;
