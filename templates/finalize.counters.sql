select t.name, s.seq_scan + coalesce(s.idx_scan, 0), s.n_tup_ins + s.n_tup_upd + s.n_tup_del,
    {{ last }}
from pg_catalog.unnest(%(tables)s::text[]) as t (name)
join pg_catalog.pg_stat_all_tables as s on s.relid = pg_catalog.to_regclass(t.name)
