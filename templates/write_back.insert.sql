{% extends "write_back.attempt.sql" %}
{% block sequences %}
integrity_sequences := array(
        select distinct found.sequence
        from (
            select d.refobjid::regclass as sequence
            from pg_attrdef as a
            join pg_depend as d
                on d.classid = 'pg_attrdef'::regclass
                and d.objid = a.oid
                and d.refclassid = 'pg_class'::regclass
            where a.adrelid = {{ legacy | qualified | literal }}::regclass
            union all
            select d.objid::regclass
            from pg_depend as d
            where d.classid = 'pg_class'::regclass
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid = {{ legacy | qualified | literal }}::regclass
                and d.deptype in ('a', 'i')
        ) as found
        join pg_class as c
            on c.oid = found.sequence
            and c.relkind = 'S'
    );
{% endblock %}
{% block prepare %}
drop table if exists {{ work | qualified }};
        create {{ storage }} table {{ work | qualified }} as
        select row_number() over (order by integrity_unified) as integrity_place, p.*
        from (
            select
                c.integrity_unified as integrity_unified{% for item in items %},
                {{ item.sql | indented(16) }} as {{ item.name | ident }}{% endfor %}

            from {{ changes | qualified }} as c
            where c.integrity_change = 'inserted'
                and c.integrity_returned = '{}'{% for condition in conditions %}

                and ({{ condition | indented(16) }}){% endfor %}

        ) as p
        where case{% for test in tests %}

                when not coalesce(({{ test | indented(16) }}), false) then false{% endfor %}

                else true
            end;
{% endblock %}
{% block statement %}
{% if keys %}
update {{ work | qualified }}
                    set {% for key in keys %}{{ key.name | ident }} = {{ key.sql }}{% if not loop.last %}, {% endif %}{% endfor %}

                    where integrity_place between integrity_low and integrity_high;
                    {% endif %}
insert into {{ legacy | qualified }} (
                        {{ columns | map("ident") | lines(24) }}
                    )
                    overriding system value
                    select
                        {{ columns | map("ident") | lines(24) }}
                    from {{ work | qualified }}
                    where integrity_place between integrity_low and integrity_high
                    order by integrity_place;
                    if exists (
                        select
                        from (  -- under names that no legacy column has
                            select integrity_place{% for name in key_columns %}, {{ name | ident }} as integrity_key_{{ loop.index }}{% endfor %}{% for n in range(1, values + 1) %}, integrity_value_{{ n }}{% endfor %}

                            from {{ work | qualified }}
                            where integrity_place between integrity_low and integrity_high
                        ) as p
                        join {{ legacy | qualified }} as s
                            on {% for name in key_columns %}{% if not loop.first %}

                            and {% endif %}s.{{ name | ident }} = p.integrity_key_{{ loop.index }}{% endfor %}

                        where case{% for test in proofs %}

                                when not coalesce(({{ test | indented(32) }}), false) then true{% endfor %}

                                else false
                            end
                    ) then
                        raise exception using
                            errcode = '23514', message = 'the row would not come back the same';
                    end if;
                    insert into {{ crosswalk | qualified }} (source, source_key, arm, unified_key, survived)
                    select {{ source | literal }}, {{ key }}, {{ arm | literal }}, s.integrity_unified, true
                    from {{ work | qualified }} as s
                    where s.integrity_place between integrity_low and integrity_high;
                    update {{ changes | qualified }} as c
                    set integrity_returned = array['the row'], integrity_reason = null
                    from {{ work | qualified }} as p
                    where p.integrity_place between integrity_low and integrity_high
                        and p.integrity_unified = c.integrity_unified;
{% endblock %}
{% block repeats %}{{ "true" if repeats else "false" }}{% endblock %}
