insert into plant.readings (id, sensor, taken, value, unit)
select i, i % 500, timestamptz '2020-01-01 00:00+00' + i * interval '1 second', i % 1000 / 10.0, 'bar'
from generate_series(1, current_setting('bench.rows')::bigint) as i;
