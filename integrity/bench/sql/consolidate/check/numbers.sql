select bit_xor(hash_record_extended(row(line_id, origin, origin_key), 0))
from sales.lines
