create unique index lines_natural_key on sales.lines (shop_id, product_id, sold_at, receipt);
create index on sales.lines (shop_id, channel, sold_at);

insert into sales.account
select
    source.label, source.rows,
    (select count(*) from sales.lines where origin = source.label),
    (select count(*) from sales.merged as m where m.source = source.label),
    (select count(*) from sales.rejects as r where r.source = source.label)
from (
    select 'north.lines' as label, count(*) as rows from north.lines
    union all
    select 'south.lines', count(*) from south.lines
    union all
    select 'web.lines', count(*) from web.lines
) as source;
