insert into {{ target | qualified }} (
    {{ [primary] | map("ident") | lines(4) }}{% for column in columns %},
    {{ column | ident }}{% endfor %}{% if stamp %},
    {{ stamp | ident }}{% endif %}{% if repeats %},
    {{ repeats.name | ident }}{% endif %}

)
overriding system value
select
    f.integrity_target{% for column in columns %},
    c.{{ column | ident }}{% endfor %}{% if stamp %},
    transaction_timestamp(){% endif %}{% if repeats %},
    case when more.times is null then {{ repeats.default }} else coalesce({{ repeats.default }}, 0) + more.times end{% endif %}

from {{ fates | qualified }} as f
join {{ candidates | qualified }} as c
    on c.integrity_key = f.integrity_key
    and c.integrity_arm = f.integrity_arm{% if repeats %}

left join (
    select integrity_leader, integrity_leader_arm, count(*) as times
    from {{ fates | qualified }}
    where integrity_fate = 'repeated'
        and integrity_reject is null
        and integrity_leader is not null
    group by integrity_leader, integrity_leader_arm
) as more
    on more.integrity_leader = f.integrity_key
    and more.integrity_leader_arm = f.integrity_arm{% endif %}

where f.integrity_fate = 'new'
    and f.integrity_reject is null
order by f.integrity_key, f.integrity_arm
