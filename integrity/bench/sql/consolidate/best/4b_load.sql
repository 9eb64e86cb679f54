insert into sales.lines
select
    line_id, shop_id, product_id, sold_at, receipt, quantity, price, channel, note,
    case rank when 1 then 'north.lines' when 2 then 'south.lines' else 'web.lines' end, id::text, ''
from sales.numbered
where place = 1 and line_id > (select count(*) / 2 from sales.numbered);

insert into sales.merged
select case rank when 1 then 'north.lines' when 2 then 'south.lines' else 'web.lines' end, id, line_id
from sales.numbered
where place > 1;
