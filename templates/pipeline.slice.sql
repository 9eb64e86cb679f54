insert into {{ rows | qualified }}
select s.*
from {{ extract }} as s{% if known and mode in ("missing", "corrected") %}

{{ "left " if mode == "missing" }}join {{ links | qualified }} as l
    on l.pipeline = {{ pipeline | literal }}
    and l.source = {{ label | literal }}
    and l.source_key = {{ key }}::text
    and l.source_hash is not null{% endif %}{% if known and mode == "missing" %}

left join {{ target | qualified }} as t
    on t.{{ primary.name | ident }} = l.target_key::{{ primary.type }}{% endif %}

where {% if after %}({{ columns }}) > ({% for value, type in after %}{{ value | literal }}::{{ type }}{% if not loop.last %}, {% endif %}{% endfor %}){% else %}true{% endif %}{% if mode == "corrected" and not known %}

    and false{% endif %}{% if known and mode == "missing" %}

    and (
        t.{{ primary.name | ident }} is null
        or {{ missing | indented(8) }}
    ){% endif %}{% if since %}

    and ({{ since.by }}) >= {{ since.value | literal }}::{{ since.type }}{% endif %}{% for condition in conditions %}

    and ({{ condition | indented(4) }}){% endfor %}

order by {{ columns }}
fetch first {{ size }} rows with ties
