update {{ matched | qualified }} as m
set integrity_entity = founder.entity
from (
    select integrity_candidate, min(integrity_candidate) over (partition by {{ keys | idents }}) as entity
    from {{ matched | qualified }}
    where integrity_target is null
        and integrity_entity is null
        and integrity_reject is null{% for key in complete %}

        and {{ key | ident }} is not null{% endfor %}

) as founder
where founder.integrity_candidate = m.integrity_candidate
