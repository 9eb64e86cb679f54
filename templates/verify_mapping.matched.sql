create {{ storage }} table {{ members | qualified }} as
with c as materialized (
    select
        row_number() over (
            order by {% if replayed %}integrity_round nulls first, {% endif %}integrity_source, integrity_key{% if key_type == "text" %} collate "C"{% endif %}, integrity_arm
        ) as integrity_n,
        candidate.*{% for rung in ladder %},
        {% if rung.null_safe %}true{% else %}num_nulls({{ rung.columns | idents }}) = 0{% endif %} as integrity_has_{{ loop.index }}{% endfor %}

    from (
        {{ candidates | indented(8) }}
    ) as candidate
)
{%- for rung in ladder %}
{%- set i = loop.index %}
{%- macro same(a, b, r) -%}
{%- for k in r.columns -%}
{%- if not loop.first %} and {% endif -%}
{%- if r.null_safe %}{{ a }}.{{ k | ident }} is not distinct from {{ b }}.{{ k | ident }}{% else %}{{ a }}.{{ k | ident }} = {{ b }}.{{ k | ident }}{% endif -%}
{%- endfor -%}
{%- endmacro %},
pending_{{ i }} as (
    select *
    from c
    where integrity_has_{{ i }}{% for k in range(1, i) %} and not integrity_has_{{ k }}{% endfor %}

){% if i > 1 %},
known_{{ i }} as (
    select c.*, e.integrity_entity{% for k in range(1, ladder | length + 1) %}, bool_or(c.integrity_has_{{ k }}) over (partition by e.integrity_entity) as integrity_entity_has_{{ k }}{% endfor %}

    from entities_{{ i - 1 }} as e
    join c on c.integrity_n = e.integrity_n
),
options_{{ i }} as (
    {% for j in range(i, ladder | length + 1) %}
    select p.integrity_n, {{ j }} as rung, k.integrity_entity
    from pending_{{ i }} as p
    join known_{{ i }} as k
        on {{ same("p", "k", ladder[j - 1]) }}
    where p.integrity_has_{{ j }} and k.integrity_has_{{ j }}{% for m in range(i, j) %} and not (p.integrity_has_{{ m }} and k.integrity_entity_has_{{ m }}){% endfor %}

    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),
choice_{{ i }} as (
    select integrity_n, min(integrity_entity) as low, max(integrity_entity) as high
    from options_{{ i }} as o
    where rung = (select min(rung) from options_{{ i }} as better where better.integrity_n = o.integrity_n)
    group by integrity_n
),
settled_{{ i }} as (
    select
        p.integrity_n, h.low, h.high,
        min(h.low) filter (where h.low = h.high) over mates as mates_low,
        max(h.low) filter (where h.low = h.high) over mates as mates_high,
        min(p.integrity_n) over mates as founder
    from pending_{{ i }} as p
    left join choice_{{ i }} as h on h.integrity_n = p.integrity_n
    window mates as (partition by {% for k in rung.columns %}p.{{ k | ident }}{% if not loop.last %}, {% endif %}{% endfor %})
),
entities_{{ i }} as (
    select integrity_n, integrity_entity from entities_{{ i - 1 }}
    union all
    select integrity_n, coalesce(low, mates_low, founder)
    from settled_{{ i }}
    where low is not distinct from high
        and (low is not null or mates_low is not distinct from mates_high)
){% else %},
entities_1 as (
    select p.integrity_n, min(p.integrity_n) over (partition by {{ rung.columns | idents }}) as integrity_entity
    from pending_1 as p
){% endif %}
{% endfor %}

select c.*, e.integrity_entity
from entities_{{ ladder | length }} as e
join c on c.integrity_n = e.integrity_n
