insert into sales.rejects
select 'north.lines', g.id, g.reason, to_jsonb(l)
from sales.stage_1 as g
join north.lines as l on l.id = g.id
where g.reason is not null;

insert into sales.rejects
select 'south.lines', g.id, g.reason, to_jsonb(l)
from sales.stage_2 as g
join south.lines as l on l.id = g.id
where g.reason is not null;

insert into sales.rejects
select 'web.lines', g.id, g.reason, to_jsonb(l)
from sales.stage_3a as g
join web.lines as l on l.id = g.id
where g.reason is not null;

insert into sales.rejects
select 'web.lines', g.id, g.reason, to_jsonb(l)
from sales.stage_3b as g
join web.lines as l on l.id = g.id
where g.reason is not null;
