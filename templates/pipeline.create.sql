insert into {{ target | qualified }} (
    {{ [primary] | map("ident") | lines(4) }}{% for column in columns %},
    {{ column | ident }}{% endfor %}{% if stamp %},
    {{ stamp | ident }}{% endif %}

)
overriding system value
select
    f.integrity_target{% for column in columns %},
    c.{{ column | ident }}{% endfor %}{% if stamp %},
    transaction_timestamp(){% endif %}

from {{ fates | qualified }} as f
join {{ candidates | qualified }} as c
    on c.integrity_key = f.integrity_key
    and c.integrity_arm = f.integrity_arm
where f.integrity_fate = 'new'
    and f.integrity_reject is null
order by f.integrity_key, f.integrity_arm
