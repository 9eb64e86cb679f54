{#- NOT NULL and checks of the target over the row as it would stand. -#}
update {{ fates | qualified }} as f
set integrity_reject = judged.reject
from (
    select c.integrity_key, c.integrity_arm, case
            {% for line in lines %}
            when f.integrity_fate = {{ line.fate | literal }} and ({{ line.wrong | indented(16) }}) then {{ line.code | literal }}
            {% endfor %}
        end as reject
    from {{ fates | qualified }} as f
    join {{ candidates | qualified }} as c
        on c.integrity_key = f.integrity_key
        and c.integrity_arm = f.integrity_arm
    left join {{ target | qualified }} as t
        on t.{{ primary | ident }} = f.integrity_target
    where f.integrity_reject is null
        and f.integrity_fate in ('new', 'matched')
) as judged
where judged.reject is not null
    and judged.integrity_key = f.integrity_key
    and judged.integrity_arm = f.integrity_arm
