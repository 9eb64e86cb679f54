delete from {{ ledger | qualified }}
where mapping = {{ table | literal }}
