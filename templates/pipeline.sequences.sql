{#- Sequences that give values to columns of these tables, each with where it stands. -#}
select distinct
    s.seqrelid,
    coalesce(pg_sequence_last_value(s.seqrelid), s.seqstart),
    pg_sequence_last_value(s.seqrelid) is not null
from pg_sequence as s
join pg_depend as d
    on (d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = s.seqrelid)
    or (d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.deptype = 'i')
left join pg_attrdef as a
    on d.classid = 'pg_attrdef'::regclass
    and a.oid = d.objid
where coalesce(a.adrelid, d.refobjid) in ({% for table in tables %}to_regclass({{ table | qualified | literal }}){% if not loop.last %}, {% endif %}{% endfor %})
