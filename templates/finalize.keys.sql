-- Foreign keys of tables that go: where, name, definition, comment, and what they refer to.
select k.oid, k.conrelid, k.confrelid, i.identity, quote_ident(k.conname),
    pg_get_constraintdef(k.oid), k.convalidated, obj_description(k.oid, 'pg_constraint')
from pg_constraint as k
cross join lateral pg_identify_object('pg_class'::regclass, k.conrelid, 0) as i
where k.contype = 'f' and k.conparentid = 0 and k.conrelid = any (%(tables)s::oid[])
order by i.identity, k.conname
