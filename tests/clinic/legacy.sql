-- Two systems of one clinic. Numbers of both begin at 1; 30 patients stand in both, 10 of these
-- without a record number in the archive. 40 readings were copied, every tenth with another value.
create schema ward;
create schema archive;
create table ward.devices (id integer primary key, code text not null, label text);
create table ward.patients (id integer primary key, mrn text, name text, born date, phone text, city text);
create table ward.readings (
    id integer primary key, patient_id integer not null references ward.patients, device text,
    taken_at timestamp without time zone, systolic integer, diastolic integer, pulse integer, note text
);
create table archive.persons (no integer primary key, mrn text, full_name text, born text, phone text, city text);
create table archive.measurements (
    id integer primary key, person_no integer not null references archive.persons, device text,
    taken timestamp with time zone, kind text, value text, remark text
);
-- A label is the code of the next device: a lookup by the wrong column finds one, the wrong one.
insert into ward.devices
select i, 'D' || i, 'D' || i % 5 + 1 from generate_series(1, 5) as i;
insert into ward.patients
select i, 'M' || i, 'Patient ' || lpad(i::text, 3, '0'), date '1950-01-01' + i * 100,
    case when i % 3 > 0 then '555-' || i end, case when i % 4 > 0 then 'Town ' || i % 7 end
from generate_series(1, 60) as i;
insert into archive.persons
select i, case when p.id % 3 > 0 then ' m' || p.id || ' ' end, p.name, p.born::text,
    case when i % 2 = 0 then '444-' || p.id else p.phone end, 'Old town ' || p.id % 7
from generate_series(1, 30) as i
join ward.patients as p on p.id = i + 20;
insert into archive.persons
select i, 'A' || i, 'Person ' || lpad(i::text, 3, '0'), (date '1960-01-01' + i)::text, null, 'Old town'
from generate_series(31, 50) as i;
insert into archive.persons values
    (51, 'A51', 'Person 051', '31.12.1960?', null, null),
    (52, 'TEST1', 'Course one', '1970-01-01', null, null),
    (53, 'TEST2', 'Course two', '1970-01-02', null, null);
insert into ward.readings
select i, i % 60 + 1, 'D' || i % 5 + 1, timestamp '2024-01-01 08:00' + i * interval '7 hours',
    110 + i % 40, case when i % 6 > 0 then 70 + i % 20 end, case when i % 5 > 0 then 60 + i % 30 end,
    case when i % 50 = 0 then 'calibration' end
from generate_series(1, 200) as i;
update ward.readings set pulse = 0 where id = 17;
insert into archive.measurements
select i, r.patient_id - 20, r.device, r.taken_at at time zone 'America/Chicago', 'systolic',
    (r.systolic + case when i % 10 = 0 then 2 else 0 end)::text, 'copied'
from generate_series(1, 40) as i
join lateral (
    select * from ward.readings
    where patient_id between 21 and 50 and note is null order by id offset i limit 1
) as r on true;
insert into archive.measurements
select 100 + i, i % 50 + 1, 'D' || i % 5 + 1, timestamptz '2019-05-01 12:00Z' + i * interval '11 hours',
    (array['systolic', 'pulse', 'weight'])[i % 3 + 1], (60 + i % 50)::text || '.5', null
from generate_series(1, 90) as i
where i % 50 + 1 <> 51;
update archive.measurements set device = 'D9' where id = 105;
update archive.measurements set value = 'n/a' where id = 106;
