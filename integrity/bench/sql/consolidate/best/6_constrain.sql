alter table sales.lines
    add primary key using index lines_pkey,
    add unique using index lines_natural_key,
    add constraint lines_shop_id_fkey foreign key (shop_id) references sales.shops not valid,
    add constraint lines_product_id_fkey foreign key (product_id) references sales.products not valid;
alter table sales.lines validate constraint lines_shop_id_fkey;
alter table sales.lines validate constraint lines_product_id_fkey;

select setval(pg_get_serial_sequence('sales.lines', 'line_id'), (select max(line_id) from sales.lines));
drop table sales.numbered, sales.stage_1, sales.stage_2, sales.stage_3a, sales.stage_3b;
analyze sales.lines;
