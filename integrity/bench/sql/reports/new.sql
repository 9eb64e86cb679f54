-- The newest tenth: four of five have a report that waits for them, one of 100 is even and refused.
insert into lab.results (id, sample_id, first_value, second_value, line, finished_at, updated_at)
select
    i, i, i % 11, case when i % 100 = 17 then i % 11 else i % 11 + 1 + i % 7 end,
    case when i % 3 > 0 then (i % 25) / 2.0 end, clock_timestamp(), clock_timestamp()
from generate_series(
    (select count(*) + 1 from lab.results), (select count(*) from lab.samples)
) as i
