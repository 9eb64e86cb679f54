{#- The one row of a slice that the server refused: its candidates hold nothing but the reason. -#}
insert into {{ candidates | qualified }} (integrity_source, integrity_key, integrity_arm, integrity_reject)
select 1, {{ key }}, arm.number, 'refused'
from {{ rows | qualified }} as s
cross join lateral (
    {% for number, fills in arms %}
    {% if not loop.first %}
    union all
    {% endif %}
    select {{ number }} as number{% if fills %}

    where {{ fills | indented(4) }}{% endif %}

    {% endfor %}
) as arm{% if drops %}

where {% for drop in drops %}{% if not loop.first %}

    and {% endif %}({{ drop | indented(4) }}) is not true{% endfor %}{% endif %}

