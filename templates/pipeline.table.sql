{#- What stands under a name: columns in order, keys, checks, and whether it is frozen. -#}
select
    c.relkind in ('r', 'p') as is_table,
    exists (
        select from pg_trigger as g
        where g.tgrelid = c.oid
            and g.tgname = 'integrity_freeze'
    ) as is_frozen,
    array(
        select jsonb_build_object(
            'name', a.attname,
            'type', format_type(a.atttypid, a.atttypmod),
            'nullable', not a.attnotnull,
            'expression', pg_get_expr(d.adbin, d.adrelid),
            'generated', a.attgenerated <> '',
            'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end
        )
        from pg_attribute as a
        left join pg_attrdef as d
            on d.adrelid = a.attrelid
            and d.adnum = a.attnum
        where a.attrelid = c.oid
            and a.attnum > 0
            and not a.attisdropped
        order by a.attnum
    ) as columns,
    array(
        select jsonb_build_object(
            'name', k.conname,
            'kind', k.contype,
            'expression', pg_get_expr(k.conbin, k.conrelid),
            'columns', array(
                select a.attname
                from unnest(k.conkey) with ordinality as u (attnum, place)
                join pg_attribute as a
                    on a.attrelid = k.conrelid
                    and a.attnum = u.attnum
                order by u.place
            )
        )
        from pg_constraint as k
        where k.conrelid = c.oid
            and k.contype in ('p', 'u', 'c')
        order by k.conname
    ) as constraints
from pg_class as c
where c.oid = to_regclass({{ name | qualified | literal }})
