-- Who depends on whom, and whether by a foreign key. The triggers that carry a foreign key out stand
-- on both its tables and say nothing of their own.
select d.classid, d.objid, d.refclassid, d.refobjid, k.oid is not null
from pg_depend as d
left join pg_constraint as k
    on d.classid = 'pg_constraint'::regclass and k.oid = d.objid and k.contype = 'f'
where d.objid >= 16384 and d.refobjid >= 16384
    and not exists (
        select from pg_trigger as t
        where d.classid = 'pg_trigger'::regclass and t.oid = d.objid and t.tgisinternal
    )
group by 1, 2, 3, 4, 5
