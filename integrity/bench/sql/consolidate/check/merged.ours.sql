select count(*), bit_xor(hash_record_extended(row(source, source_key, unified_key), 0))
from operational.integrity_crosswalk_sales_lines
where not survived
