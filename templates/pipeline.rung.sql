{#- Rows that agree on this rung and do not disagree on a more trusted one. NULLs are left out by name:
    PostgreSQL 18 puts them into one bucket of a hash join over several columns. -#}
insert into {{ matched | qualified }} (integrity_key, integrity_arm, integrity_target, integrity_times, integrity_rung)
select
    c.integrity_key, c.integrity_arm, (array_agg(t.{{ primary | ident }} order by t.{{ primary | ident }}))[1], count(*), {{ number }}
from {{ candidates | qualified }} as c
join {{ target | qualified }} as t
    on {% for there, here in pairs %}{% if not loop.first %}

    and {% endif %}{{ there }} = c.{{ here | ident }}{% endfor %}

where c.integrity_reject is null{% for _, here in pairs %}

    and c.{{ here | ident }} is not null{% endfor %}{% for rung in trusted %}

    and num_nulls({% for there, here in rung %}{{ there }}, c.{{ here | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) > 0{% endfor %}{% if number > 1 %}

    and not exists (
        select
        from {{ matched | qualified }} as m
        where m.integrity_key = c.integrity_key
            and m.integrity_arm = c.integrity_arm
    ){% endif %}

group by c.integrity_key, c.integrity_arm
