-- Deterministic rows. Neighbours in a legacy table are far apart in the key of the unified one.
-- Of every 200 rows one is dirty, and of every 50 rows of south and web one repeats a row of north.
insert into stock.shops (id, code, town)
select i, 'S' || lpad(i::text, 4, '0'), 'town ' || i % 40
from generate_series(1, 200) as i;

insert into stock.products (id, code, title)
select i, 'P' || lpad(i::text, 6, '0'), 'product ' || i
from generate_series(1, 5000) as i;

insert into north.lines (id, shop, product, sold_at, receipt, quantity, price, note)
select
    i,
    'S' || lpad((1 + i * 31 % 199)::text, 4, '0'),
    case
        when i % 200 = 7 then 'unknown ' || i
        else 'P' || lpad((1 + i * 977 % 4999)::text, 6, '0')
    end,
    timestamptz '2020-01-01 00:00+00' + (i * 7919 % 94608000) * interval '1 second',
    i,
    1 + i % 9,
    (100 + i * 13 % 90000) / 100.0,
    case when i % 4 = 0 then 'note of line ' || i end
from generate_series(1, current_setting('bench.rows')::bigint) as i;

insert into south.lines (id, shop_code, sku, sold_on, receipt_no, pieces, price_text, remark)
select
    i,
    'S' || lpad((1 + n * 31 % 199)::text, 4, '0'),
    'p' || lpad((1 + n * 977 % 4999)::text, 6, '0'),
    timestamp '2020-01-01 00:00' + (n * 7919 % 94608000) * interval '1 second',
    case when i % 50 = 0 then i else n + 10000000 end,
    1 + i % 9,
    case
        when i % 200 = 11 then 'n/a'
        else round((100 + (i * 13 + (i % 100 = 0)::integer) % 90000) / 100.0, 2)::text
    end,
    case when i % 4 = 0 then 'note of line ' || i end
from generate_series(1, current_setting('bench.rows')::bigint) as i
cross join lateral (select case when i % 50 = 0 then i else i + 3000017 end as n) as shifted;

insert into web.lines (id, store, article, ordered, order_no, count, price, comment)
select
    i,
    'S' || lpad((1 + n * 31 % 199)::text, 4, '0'),
    'P' || lpad((1 + n * 977 % 4999)::text, 6, '0'),
    timestamptz '2020-01-01 00:00+00' + (n * 7919 % 94608000) * interval '1 second',
    case when i % 50 = 25 then i else n + 20000000 end,
    case when i % 200 = 13 then 0 else 1 + i % 9 end,
    (100 + i * 13 % 90000) / 100.0 + 0.0001,
    case when i % 4 = 0 then 'comment on line ' || i end
from generate_series(1, current_setting('bench.rows')::bigint) as i
cross join lateral (select case when i % 50 = 25 then i else i + 5000011 end as n) as shifted;
