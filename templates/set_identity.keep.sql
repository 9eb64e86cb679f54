create table {{ at | qualified }} as
select pg_sequence_last_value(
    pg_get_serial_sequence({{ table | qualified | literal }}, {{ column | literal }})::regclass
) as position
