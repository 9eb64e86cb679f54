-- Index builds share the table's lock; adding constraints would take it alone.
create unique index lines_pkey on sales.lines (line_id);
create index on sales.lines (sold_at);
create index on sales.lines (product_id, sold_at desc) include (price);
