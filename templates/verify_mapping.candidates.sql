select *
from (
    {{ arms | map("indented", 4) | join("\n    union all\n    ") }}{% if fenced %}

    offset 0  -- casts are tested first: no condition below moves in beside them{% endif %}

) as candidate
{% if conditions %}
where {{ conditions | lines(4, " and") }}
{% endif %}
