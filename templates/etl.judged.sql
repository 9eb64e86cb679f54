{#- Candidates of one natural key: which of them stands. -#}
update {{ fates | qualified }} as f
{% if append %}
set integrity_fate = 'repeated',
    integrity_reject = case when one.integrity_hash <> one.first_hash then 'repeat-differs' end
from (
    select n.integrity_key, n.integrity_arm, n.integrity_hash,
        row_number() over same as place, first_value(n.integrity_hash) over same as first_hash
    from {{ fates | qualified }} as n
    join {{ candidates | qualified }} as c
        on c.integrity_key = n.integrity_key
        and c.integrity_arm = n.integrity_arm
    where n.integrity_fate = 'new'
        and n.integrity_reject is null
    window same as (
        partition by {% for column in natural %}c.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

        order by n.integrity_key, n.integrity_arm
    )
) as one
where one.place > 1
{% else %}
set integrity_reject = 'match-shared'
from (
    select claim.integrity_key, claim.integrity_arm, claim.taken,
        row_number() over (
            partition by {% for column in natural %}claim.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

            order by claim.taken, claim.integrity_key, claim.integrity_arm
        ) as place
    from (
        select c.*, exists (
                select
                from {{ links | qualified }} as o
                where o.pipeline = {{ pipeline | literal }}
                    and o.target_key = n.integrity_target::text
                    and o.source_hash is not null
                    and (o.source, o.source_key, o.arm) <> (
                        {{ label | literal }}, n.integrity_key::text, {% if arms %}case n.integrity_arm {% for arm in arms %}when {{ arm.number }} then {{ arm.label | literal }} {% endfor %}end{% else %}''{% endif %}

                    )
                    and (
                        o.source <> {{ label | literal }}
                        or exists (
                            select
                            from {{ extract }} as s
                            where {{ key }}::text = o.source_key
                        )
                    )
            ) as taken
        from {{ fates | qualified }} as n
        join {{ candidates | qualified }} as c
            on c.integrity_key = n.integrity_key
            and c.integrity_arm = n.integrity_arm
        where n.integrity_reject is null
    ) as claim
) as one
where (one.place > 1 or one.taken)
{% endif %}
    and one.integrity_key = f.integrity_key
    and one.integrity_arm = f.integrity_arm
