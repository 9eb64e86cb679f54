select mine.integrity_unified, 'a row of ' || {{ mapping | literal }} || ' refers to it in legacy' as reason
from (
    select distinct kept.integrity_unified, c.integrity_old_row ->> {{ take | literal }} as taken
    from {{ work | qualified }} as kept
    join {{ own | qualified }} as c
        on c.integrity_unified = kept.integrity_unified
) as mine
join (
    {% if not enforced %}
    select child.{{ column | ident }}::text as taken
    from {{ table | qualified }} as child
    union all
    {% endif %}
    select q.candidate ->> {{ column | literal }} as taken
    from {{ quarantine | qualified }} as q
    where q.mapping = {{ mapping | literal }}
        and q.replayed_at is null
    union all
    select o.integrity_old_row ->> {{ column | literal }}
    from {{ changes | qualified }} as o
    where case o.integrity_change
        when 'deleted' then o.integrity_returned = '{}'{% if same %} and o.integrity_unified not in (select integrity_unified from {{ work | qualified }}){% endif %}

        else not {{ column | literal }} = any (o.integrity_returned)
    end
) as naming
    on naming.taken = mine.taken
