{#- Candidates of one natural key: which of them stands, where rows are updated. -#}
update {{ fates | qualified }} as f
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
    and one.integrity_key = f.integrity_key
    and one.integrity_arm = f.integrity_arm
