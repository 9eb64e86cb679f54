delete from {{ updates | qualified }} as u
using (
    select sent.source_key
    from (
        select other.source_key, jsonb_object_agg(pair.key, pair.value) as legacy
        from {{ updates | qualified }} as other
        cross join lateral jsonb_each(other.legacy) as pair
        group by other.source_key
    ) as sent
    join {{ crosswalk | qualified }} as x
        on x.source_key = sent.source_key::{{ key_type }}
        and x.source = {{ source | literal }}
        and x.arm = {{ arm | literal }}
    join {{ table | qualified }} as t
        on t.{{ primary | ident }} = x.unified_key
    cross join lateral (
        select {% for check in checks %}{% if not loop.first %}
            or {% endif %}({{ check | indented(12) }}) is false{% endfor %} as refused
        from (
            select{% for column in columns %}

                {{ column.sql | indented(16) }} as {{ column.name | ident }}{% if not loop.last %},{% endif %}{% endfor %}

        ) as filled
    ) as judged
    where judged.refused
) as refused
where refused.source_key = u.source_key
