insert into pg_temp.integrity_load_typed
    ({{ number }}, integrity_absent{% for one in given %}, {{ one.name | ident }}{% endfor %})
select s.{{ number }}, s.integrity_absent
{%- for one in given %},
    {{ one.value }}
{%- endfor %}

from pg_temp.integrity_load_rows as s
where s.{{ number }} <> all ({{ faulty | literal }}::bigint[])
