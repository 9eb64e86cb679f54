delete from {{ table | qualified }}
where mapping = {{ mapping | literal }}
