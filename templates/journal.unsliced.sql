delete from {{ schema | ident }}.integrity_slices
where migration = {{ migration | literal }}
