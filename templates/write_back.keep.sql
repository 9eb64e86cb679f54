delete from {{ deletes | qualified }} as d
where exists (
    select
    from {{ deletes | qualified }} as kept
    where kept.unified_key = d.unified_key
        and ({% for condition in conditions %}{% if not loop.first %}

            or {% endif %}({{ condition | indented(12) }}){% endfor %})
)
