select count(*), bit_xor(hash_record_extended(row(source, source_key, reason || ' ' || column_name, source_row), 0))
from operational.integrity_quarantine
