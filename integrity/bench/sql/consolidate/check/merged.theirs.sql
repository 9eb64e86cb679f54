select count(*), bit_xor(hash_record_extended(row(source, source_key, line_id), 0))
from sales.merged
