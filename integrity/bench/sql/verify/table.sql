select count(*), bit_xor(hash_record_extended(row(
    line_id, shop_id, product_id, sold_at, receipt, quantity, price, channel, note,
    origin, origin_key, origin_arm
), 0))
from sales.lines
