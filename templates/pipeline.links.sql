{#- Rows that links know, or those that they do not: nobody else writes links of this pipeline. -#}
insert into {{ links | qualified }} as l (
    pipeline, source, source_key, arm, target_key, source_hash, first_run, last_run
)
select
    {{ pipeline | literal }}, {{ label | literal }}, f.integrity_key::text, {% if arms %}case f.integrity_arm {% for arm in arms %}when {{ arm.number }} then {{ arm.label | literal }} {% endfor %}end{% else %}''{% endif %}, f.integrity_target::text,
    case when f.integrity_reject is null then f.integrity_hash end, {{ run }}, {{ run }}
from {{ fates | qualified }} as f
where f.integrity_target is not null
    and (f.integrity_reject is null or f.integrity_reject = 'match-shared')
    and f.integrity_linked is {{ "not " if known }}false{% if known %}

on conflict (pipeline, source_key, source, arm) do update
set target_key = excluded.target_key,
    source_hash = excluded.source_hash,
    last_run = excluded.last_run
where (excluded.source_hash is not null or l.source_hash is null)
    and (l.target_key, l.source_hash) is distinct from (excluded.target_key, excluded.source_hash){% endif %}
