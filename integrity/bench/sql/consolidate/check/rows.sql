-- The lines without their numbers: the plain script gives numbers as they come.
select count(*), bit_xor(hash_record_extended(row(
    shop_id, product_id, sold_at, receipt, quantity, price, channel, note,
    origin, origin_key, origin_arm
), 0))
from sales.lines
