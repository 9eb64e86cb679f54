select *
from (
    {{ arms | map("indented", 4) | join("\n    union all\n    ") }}
) as candidate
{% if conditions %}
where {{ conditions | lines(4, " and") }}
{% endif %}
