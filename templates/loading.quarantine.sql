insert into {{ schema | ident | replace("%", "%%") }}.integrity_load_quarantine
    (load, file, line, reason, "column", detail, row)
select %(load)s, %(file)s, one.line, one.reason, one.name, one.detail,
    case
        when {{ schema | ident | replace("%", "%%") }}.integrity_is_valid(one.row, 'jsonb') then one.row::jsonb
        else pg_catalog.to_jsonb(one.row)
    end
from unnest(
    %(lines)s::bigint[], %(reasons)s::text[], %(names)s::text[], %(details)s::text[],
    %(rows)s::text[]
) as one (line, reason, name, detail, row)
