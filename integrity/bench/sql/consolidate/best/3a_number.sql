-- One sort numbers the lines and finds the first of each key. (Measured against sorting half of the
-- keys on each connection and inserting at once: that costs a second pass for what merged.)
create unlogged table sales.numbered as
select
    *,
    dense_rank() over (order by shop_id, product_id, sold_at, receipt) as line_id,
    row_number() over (
        partition by shop_id, product_id, sold_at, receipt
        order by rank, id
    ) as place
from (
    select * from sales.stage_1
    union all
    select * from sales.stage_2
    union all
    select * from sales.stage_3a
    union all
    select * from sales.stage_3b
) as candidate
where reason is null;
