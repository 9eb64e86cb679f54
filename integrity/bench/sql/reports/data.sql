-- Deterministic samples with their reports. Nine of ten results are old; the new ones come in new.sql.
-- Of every 10 reports one knows no laboratory code, and of every 20 one no foreign code either.
insert into lab.samples (id, lab_code, foreign_code, place, taken_on, number)
select
    i,
    ' L' || i,
    'F' || i,
    'place ' || i % 30,
    date '2015-01-01' + (i / 30 / 2 % 4000)::integer,
    1 + (i / 30) % 2 + 2 * (i / 240000)
from generate_series(1, current_setting('bench.rows')::bigint) as i;

insert into lab.results (id, sample_id, first_value, second_value, line, finished_at, updated_at)
select
    i, i, i % 11, (i % 11 + 1 + i % 7), case when i % 3 > 0 then (i % 25) / 2.0 end,
    timestamptz '2024-01-01' + i * interval '1 minute', timestamptz '2024-01-01' + i * interval '1 minute'
from generate_series(1, current_setting('bench.rows')::bigint * 9 / 10) as i;

insert into clinic.reports (lab_code, foreign_code, place, taken_on, number)
select
    case when i % 10 > 0 then 'L' || i end, case when i % 20 > 0 then 'F' || i end, place, taken_on, number
from (select id as i, * from lab.samples) as s
where i <= current_setting('bench.rows')::bigint * 98 / 100;
