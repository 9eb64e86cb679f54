insert into {{ expected | qualified }} (
    {{ columns | map("ident") | lines(4) }}
)
select{% for column in columns %}

    case when {{ as_jsonb }}(t.*) = q.replayed_row then t.{{ column | ident }} else made.{{ column | ident }} end{% if not loop.last %},{% endif %}{% endfor %}

from {{ quarantine | qualified }} as q
cross join lateral jsonb_populate_record(null::{{ table | qualified }}, q.replayed_row) as made
left join {{ table | qualified }} as t
    on t.{{ primary | ident }} = q.replayed_as::{{ unified_type }}
where q.mapping = {{ mapping | literal }}
    and q.replayed_row is not null
    and not exists (
        select
        from (
            {{ membership | indented(12) }}
        ) as m
        where m.source = q.source
            and m.source_key::text = q.source_key
            and m.arm = q.arm
    )
