insert into {{ retained | qualified }} (
    migration, table_name, unified_key, change, new_row, old_row, reason
)
select
    {{ migration | literal }}, {{ table | literal }}, c.integrity_unified::text, c.integrity_change,
    c.integrity_new_row, c.integrity_old_row,
    case c.integrity_change
        when 'updated' then 'columns that cannot go back: ' || array_to_string(array(
            select unnest(c.integrity_changed)
            except
            select unnest(c.integrity_returned)
            order by 1
        ), ', ')
        when 'inserted' then {{ no_insert | literal }}
        else 'a legacy row of it is still used, or cannot be removed'
    end
from {{ changes | qualified }} as c
where case c.integrity_change
    when 'updated' then not c.integrity_changed <@ c.integrity_returned
    else c.integrity_returned = '{}'
end
