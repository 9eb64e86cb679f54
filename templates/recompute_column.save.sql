{% from "recompute_column.pairing.sql" import paired %}
create table {{ saved | qualified }} as
select *
from (
    select
        t.{{ primary | ident }} as integrity_key{% for c in columns %},
        t.{{ c.name | ident }} as old_{{ c.number }},
        a.{{ c.name | ident }} as new_{{ c.number }},
        {% if c.added %}
        not ({{ c.same("t." ~ (c.name | ident), "a." ~ (c.name | ident)) }}) as differs_{{ c.number }},
        true as untouched_{{ c.number }}{% else %}
        not ({{ c.same("b." ~ (c.name | ident), "a." ~ (c.name | ident)) }})
            and not ({{ c.same("t." ~ (c.name | ident), "a." ~ (c.name | ident)) }}) as differs_{{ c.number }},
        {{ c.same("t." ~ (c.name | ident), "b." ~ (c.name | ident)) }} as untouched_{{ c.number }}{% endif %}{% endfor %}

    from {{ table | qualified }} as t
    join {{ after | qualified }} as a
        on {{ paired("a", "t", identity) }}
    {% if before %}
    join {{ before | qualified }} as b
        on {{ paired("b", "t", identity) }}
    {% endif %}
) as compared
where {% for c in columns %}differs_{{ c.number }}{% if not loop.last %} or {% endif %}{% endfor %}

