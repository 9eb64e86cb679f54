do $body$
declare
    rows_differ bigint;
    members_differ bigint;
begin
    select count(*) filter (where d.rows_differ), count(*) filter (where d.members_differ)
    into rows_differ, members_differ
    from {{ differences | qualified }} as d;
    if rows_differ > 0 then
        raise exception using
            errcode = 'IG003',
            message = format(
                '%s does not hold what its sources say: %s of {{ buckets }} buckets differ',
                {{ mapping | literal }}, rows_differ
            ),
            hint = 'run "integrity verify" for the keys and columns; nothing was switched';
    elsif members_differ > 0 then
        raise exception using
            errcode = 'IG003',
            message = format(
                'the crosswalk of %s does not hold what its sources say: %s of {{ buckets }} buckets differ',
                {{ mapping | literal }}, members_differ
            ),
            hint = 'run "integrity verify" for the keys and columns; nothing was switched';
    end if;
end
$body$
