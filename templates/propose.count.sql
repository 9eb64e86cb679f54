select count(*) from {{ table | qualified }}
