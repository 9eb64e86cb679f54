select min(integrity_row), max(integrity_row) from {{ rows | qualified }}
