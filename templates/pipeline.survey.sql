{#- What the acceptable candidates of a slice claim. -#}
insert into {{ claims | qualified }}
select c.integrity_key, c.integrity_arm, f.integrity_target{% for column in columns %}, c.{{ column.name | ident }}{% endfor %}

from {{ fates | qualified }} as f
join {{ candidates | qualified }} as c
    on c.integrity_key = f.integrity_key
    and c.integrity_arm = f.integrity_arm
where f.integrity_reject is null
