{% extends "write_back.attempt.sql" %}
{% block prepare %}
drop table if exists {{ work | qualified }};
        create {{ storage }} table {{ work | qualified }} as
        select
            dense_rank() over (order by m.unified_key) as integrity_place,
            m.source, m.source_key, m.arm, m.unified_key as integrity_unified
        from {{ members | qualified }} as m
        join {{ changes | qualified }} as c
            on c.integrity_unified = m.unified_key
        where c.integrity_change = 'deleted'
            and c.integrity_returned = '{}';
        {% if kept %}
        loop  -- what stays may keep others
            with kept as (
                select integrity_unified, min(reason) as reason
                from (
                    {{ kept | map("indented", 20) | join("\n                    union all\n                    ") }}
                ) as every
                group by integrity_unified
            ),
            noted as (
                update {{ changes | qualified }} as c
                set integrity_reason = kept.reason
                from kept
                where kept.integrity_unified = c.integrity_unified
            )
            delete from {{ work | qualified }} as d
            using kept
            where kept.integrity_unified = d.integrity_unified;
            exit when not found;
        end loop;
        update {{ work | qualified }} as d
        set integrity_place = numbered.place
        from (
            select integrity_unified, dense_rank() over (order by integrity_unified) as place
            from {{ work | qualified }}
        ) as numbered
        where numbered.integrity_unified = d.integrity_unified;
        {% endif %}
{% endblock %}
{% block statement %}
{% for source in sources %}
{% if source.arms %}
{% for arm in source.arms %}
update {{ source.legacy | qualified }} as s
                    set {% for column in arm.columns %}{{ column | ident }} = null{% if not loop.last %}, {% endif %}{% endfor %}

                    from {{ work | qualified }} as d
                    where d.source = {{ source.label | literal }}
                        and d.arm = {{ arm.label | literal }}
                        and d.integrity_place between integrity_low and integrity_high
                        and {{ source.key }} = d.source_key;
                    if exists (
                        select
                        from {{ source.legacy | qualified }} as s
                        join {{ work | qualified }} as d
                            on {{ source.key }} = d.source_key
                        where d.source = {{ source.label | literal }}
                            and d.arm = {{ arm.label | literal }}
                            and d.integrity_place between integrity_low and integrity_high
                            and ({% for fill in arm.fills %}{{ fill | indented(28) }}{% if not loop.last %} or {% endif %}{% endfor %})
                    ) then
                        raise exception using
                            errcode = '23514', message = 'the legacy row would still hold a value for it';
                    end if;
                    {% endfor %}
{% else %}
for integrity_reference in
                        select
                            k.conname, k.conrelid::regclass as child, k.conrelid = k.confrelid as own,
                            string_agg(format('child.%I = s.%I', theirs.attname, ours.attname), ' and ' order by u.place) as pairs
                        from pg_constraint as k
                        cross join lateral unnest(k.conkey, k.confkey) with ordinality as u (theirs, ours, place)
                        join pg_attribute as theirs
                            on theirs.attrelid = k.conrelid
                            and theirs.attnum = u.theirs
                        join pg_attribute as ours
                            on ours.attrelid = k.confrelid
                            and ours.attnum = u.ours
                        where k.contype = 'f'
                            and k.confrelid = {{ source.legacy | qualified | literal }}::regclass
                            and k.confdeltype in ('c', 'n', 'd')
                        group by k.oid
                    loop  -- the server would delete or change those rows without a word
                        execute {{ source.referencing | literal }}
                            || integrity_reference.child || ' as child on ' || integrity_reference.pairs
                            || case when integrity_reference.own then {{ source.own_end | literal }} else {{ source.end | literal }} end
                        into integrity_refers
                        using integrity_low, integrity_high;
                        if integrity_refers then
                            raise exception using
                                errcode = '23503',
                                message = format('rows of %s refer to it (constraint %s)', integrity_reference.child, integrity_reference.conname);
                        end if;
                    end loop;
                    delete from {{ source.legacy | qualified }} as s
                    using {{ work | qualified }} as d
                    where d.source = {{ source.label | literal }}
                        and d.integrity_place between integrity_low and integrity_high
                        and {{ source.key }} = d.source_key;
                    {% endif %}
{% endfor %}
update {{ changes | qualified }} as c
                    set integrity_returned = array['the row'], integrity_reason = null
                    from {{ work | qualified }} as d
                    where d.integrity_place between integrity_low and integrity_high
                        and d.integrity_unified = c.integrity_unified;
{% endblock %}
