insert into {{ retained | qualified }} (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    {{ migration | literal }}, {{ table | literal }}, integrity_unified::text, integrity_change,
    integrity_new_row, integrity_old_row,
    case
        when integrity_change = 'updated' then (
            select string_agg(
                changed.name || ': ' || coalesce(
                    integrity_reason, never.reason, integrity_kept ->> changed.name,
                    case when integrity_replayed then {{ replayed | literal }} else {{ no_update | literal }} end
                ),
                '; ' order by changed.name
            )
            from unnest(integrity_changed) as changed (name)
            left join (
                values{% for name, reason in never %}

                    ({{ name | literal }}, {{ reason | literal }}),{% endfor %}

                    (null::text, null::text)
            ) as never (name, reason)
                on never.name = changed.name
            where not changed.name = any (integrity_returned)
        )
        when integrity_change = 'deleted' then coalesce(integrity_reason, {{ no_delete | literal }})
        when integrity_returned <> '{}' then {{ left | literal }}
        else coalesce(integrity_reason, {{ no_insert | literal }})
    end
from {{ changes | qualified }}
where not {{ back | indented(4) }}
