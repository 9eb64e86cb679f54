do $body$
declare
    line record;
begin
    for line in
        select *
        from {{ ledger | qualified }}
        where migration = {{ migration | literal }}
            and mapping = {{ mapping | literal }}
            and open <> 0
        order by source, arm
    loop
        raise exception using
            errcode = 'IG001',
            message = format(
                'the ledger of %s does not balance: of %s candidates of %s%s, %s are unaccounted for',
                line.mapping, line.candidates, line.source,
                case when line.arm = '' then '' else ' arm ' || line.arm end, line.open
            ),
            hint = 'nothing was switched; roll back, and report the mapping';
    end loop;
end
$body$
