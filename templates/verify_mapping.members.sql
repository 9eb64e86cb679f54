create {{ storage }} table {{ members | qualified }} as
select o.label as integrity_label, m.integrity_key, m.integrity_unified
from (
{% if direct %}
    select
        candidate.integrity_source,
        candidate.integrity_key,
        dense_rank() over (order by {{ order | join(", ") }}) as integrity_unified
    from (
        {{ candidates | indented(8) }}
    ) as candidate
{% else %}
    select m.integrity_source, m.integrity_key, e.{{ unified | ident }} as integrity_unified
    from {{ matched | qualified }} as m
    join {{ expected | qualified }} as e
        on e.integrity_entity = m.integrity_entity
{% endif %}
) as m
join (
    values{% for source in sources %}

        ({{ source.rank }}, {{ source.label | literal }}){% if not loop.last %},{% endif %}{% endfor %}

) as o (rank, label)
    on o.rank = m.integrity_source
