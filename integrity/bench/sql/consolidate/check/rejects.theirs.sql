select count(*), bit_xor(hash_record_extended(row(source, source_key::text, reason, source_row), 0))
from sales.rejects
