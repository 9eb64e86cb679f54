do $body$
declare
    differing bigint;
begin
    select count(*) into differing from {{ differences | qualified }};
    if differing > 0 then
        raise exception using
            errcode = 'IG003',
            message = format(
                '%s does not hold what its sources say: %s of {{ buckets }} buckets differ',
                {{ mapping | literal }}, differing
            ),
            hint = 'run "integrity verify" for the keys and columns; nothing was switched';
    end if;
end
$body$
