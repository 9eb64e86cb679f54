do $body$
declare
    built oid[] := array[
{% for table in tables %}
        {{ table | qualified | literal }}{% if not loop.last %},{% endif %}

{% endfor %}
    ]::regclass[]::oid[];
    parts oid[];
    dependents text;
begin
    select array_agg(c.oid) || array_agg(c.reltype) || array_agg(t.typarray)
    into parts
    from pg_class as c
    left join pg_type as t
        on t.oid = c.reltype
    where c.oid = any (built);
    select string_agg(
        distinct case
            when r.oid is not null then pg_describe_object('pg_class'::regclass, r.ev_class, 0)
            else pg_describe_object(d.classid, d.objid, d.objsubid)
        end,
        ', '
    )
    into dependents
    from pg_depend as d
    left join pg_rewrite as r
        on d.classid = 'pg_rewrite'::regclass
        and r.oid = d.objid
    left join pg_constraint as k
        on d.classid = 'pg_constraint'::regclass
        and k.oid = d.objid
    where d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass)
        and d.refobjid = any (parts)
        and d.deptype = 'n'
        and coalesce(r.ev_class, k.conrelid, 0) <> all (built)
        and d.objid <> all (parts)
{% if functions %}
        and not exists (  -- functions on the unified tables, which go with them
            select
            from pg_proc as p
            join pg_namespace as n
                on n.oid = p.pronamespace
            where d.classid = 'pg_proc'::regclass
                and p.oid = d.objid
                and format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
                    = any (array[
{% for function in functions %}
                        {{ function | literal }}{% if not loop.last %},{% endif %}

{% endfor %}
                    ])
        )
{% endif %}
        and not exists (  -- what goes with its table: triggers, policies, defaults
            select
            from pg_depend as own
            where own.classid = d.classid
                and own.objid = d.objid
                and own.refclassid = 'pg_class'::regclass
                and own.refobjid = any (built)
                and own.deptype in ('a', 'i')
        );
    if dependents is not null then
        raise exception using
            errcode = 'dependent_objects_still_exist',
            message = format('the rollback would drop tables that others depend on: %s', dependents),
            hint = 'drop them or point them elsewhere first; the rollback drops nothing that others made';
    end if;
end
$body$
