insert into {{ schema | ident | replace("%", "%%") }}.integrity_breakers (pipeline, what, state)
select %(pipeline)s, kind.what, 'closed'
from unnest(%(kinds)s::text[]) as kind (what)
on conflict (pipeline, what) do nothing
