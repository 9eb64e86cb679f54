select count(*), bit_xor(hash_record_extended(row(
    row_number, shop_id, product_id, sold_at, receipt, quantity, price, channel, note,
    origin, key::text, ''::text
), 0))
from (
    select *, row_number() over (order by shop_id, product_id, sold_at, receipt)
    from (
        select distinct on (shop_id, product_id, sold_at, receipt) *
        from (
            select
                1 as rank, 'north.lines' as origin, l.id as key, s.shop_id, p.product_id,
                l.sold_at, l.receipt, l.quantity, l.price, 'shop' as channel, l.note
            from north.lines as l
            join sales.shops as s on s.code = l.shop
            join sales.products as p on p.code = l.product
            where l.quantity > 0 and l.price >= 0
            union all
            select
                2, 'south.lines', l.id, s.shop_id, p.product_id,
                l.sold_on at time zone 'UTC', l.receipt_no, l.pieces::integer,
                l.price_text::numeric(10, 2), 'shop', l.remark
            from south.lines as l
            join sales.shops as s on s.code = l.shop_code
            join sales.products as p on p.code = upper(l.sku)
            where l.pieces > 0 and l.price_text ~ '^\d{1,8}(\.\d+)?$'
            union all
            select
                3, 'web.lines', l.id, s.shop_id, p.product_id,
                l.ordered, l.order_no, l.count, round(l.price, 2), 'web', l.comment
            from web.lines as l
            join sales.shops as s on s.code = l.store
            join sales.products as p on p.code = l.article
            where l.count > 0 and l.price >= 0
        ) as line
        order by shop_id, product_id, sold_at, receipt, rank, key
    ) as winner
) as numbered
