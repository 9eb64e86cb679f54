-- Ordinary rows, made from numbers; ":copies" is how many. Some are dirty, most are not.

insert into "Øst & Vest Markt"."Kunden 100%"
select ('10000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid,
    case when i % 3 <> 0 then format('P%s@Mail.example', i) end, format('Person %s', i % 700),
    case when i % 2 = 0 then 10000 + i end, date '1950-01-01' + i % 9000, i % 100 + i % 7 / 10.0,
    timestamp '2015-01-01 00:00' + i * interval '37 minutes', array[format('tag %s', i % 5), null]
from generate_series(1, :copies) as i;

insert into "select"."user"
select format('g%s', i % 4), i, format('p%s@mail.example', i), format('Person %s', i % 700),
    case when i % 4 = 0 then 10000 + i end, null, i % 90,
    timestamptz '2016-01-01 00:00+00' + i * interval '1 hour', 'none'
from generate_series(100, 100 + :copies) as i
where i % 2 = 0;

insert into shop.clients
select format('k%s', i), case when i % 5 = 0 then format('p%s@mail.example', i) end,
    format('Person %s', i % 700), case when i % 6 = 0 then (10000 + i)::text when i % 97 = 0 then 'many' end,
    (date '1950-01-01' + i % 9000)::text, (i % 50)::text, i % 2 = 0
from generate_series(1, :copies) as i
where i % 3 <> 1;

insert into shop.categories
select format('cat %s', i), case when i > 1 then format('cat %s', i / 2) else 'root' end, format('Category %s', i)
from generate_series(1, :copies) as i;

insert into "Øst & Vest Markt"."Waren"
    ("Art.Nr", id, "Titel ""neu""", "Gewicht", "Gruppe", "Eigenschaften", "Tags", "Nachfolger", s)
select format('P-%s', i), ('20000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, format('Product %s', i),
    case when i % 89 = 0 then 'heavy' else (i % 1000 / 8.0)::text end, format('cat %s', i),
    jsonb_build_object('i', i), array[i::text], case when i % 4 = 0 then format('P-%s', i + 1) end, i % 1000
from generate_series(1, :copies) as i;

insert into shop.price_list
select format('P-%s', i), date '2024-01-01' + i % 50, (i % 100 + 1)::text,
    case when i % 2 = 0 then (i % 100 / 2.0 + 0.5)::text end, case when i % 71 = 0 then '?' end, 'live'
from generate_series(1, :copies) as i;

insert into shop.price_archive (sku, valid_from, regular, promo, clearance)
select format('P-%s', i), date '2024-01-01' + i % 50, i % 100 + i % 2, null, 3
from generate_series(1, :copies) as i;

insert into shop.click_log (payload, received)
select jsonb_build_object('session', '30000000-0000-0000-0000-' || lpad((i % (:copies - 3))::text, 12, '0'),
        'at', to_char(timestamp '2024-03-30 00:00' + i % (:copies - 3) * interval '1 minute', 'YYYY-MM-DD HH24:MI'),
        'kind', case when i % 83 = 0 then 'silver' else 'none' end, 'amount', i % 40,
        'loyalty', case when i % 2 = 0 then 10000 + i end, 'bot', i % 9 = 0),
    timestamp '2024-03-30 00:00' + i * interval '1 minute'
from generate_series(1, :copies) as i;

insert into shop.bins select i, format('bin %s', i) from generate_series(3, :copies) as i;

insert into shop.stock select format('P-%s', i), i % 2 + 1, i from generate_series(1, :copies) as i;

insert into hr.departments select 100 + i, format('D%s', i), format('Department %s', i), null
from generate_series(1, :copies) as i where i % 20 = 0;

insert into hr.employees
select 1000 + i, format('E%s', i), case when i % 2 = 0 then format('e%s@mail.example', i) end, format('Worker %s', i % 300),
    format('E%s', i / 2), case when i % 20 = 0 then 100 + i else 2 end, i % 5000, timestamptz '2010-01-01 00:00+00' + i * interval '1 day'
from generate_series(1, :copies) as i;

insert into "select".staff
select 'f', i, case when i % 3 = 0 then format('E%s', i) end, format('E%s@mail.example', i), format('Worker %s', i % 300),
    format('E%s', i / 3), case when i % 61 = 0 then 'none' else 'IT' end, i % 4000
from generate_series(1, :copies) as i
where i % 2 = 0;

update hr.departments set head_no = 1000 + dept_id - 100 where dept_id > 100;
