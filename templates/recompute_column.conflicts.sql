insert into {{ conflicts | qualified }} (
    migration, mapping, unified_key, column_name, source, source_key, arm,
    value, survived, survived_from
)
select
    {{ migration | literal }}, {{ mapping | literal }}, s.integrity_key::text, kept.column_name,
    'the changed mapping', '', '', kept.value, kept.survived, 'changed since it was loaded'
from {{ saved | qualified }} as s
cross join lateral (
    values{% for c in columns %}

        ({{ c.name | literal }}, s.new_{{ c.number }}::text, s.old_{{ c.number }}::text, s.differs_{{ c.number }} and not s.untouched_{{ c.number }}){% if not loop.last %},{% endif %}{% endfor %}

) as kept (column_name, value, survived, differs)
where kept.differs
