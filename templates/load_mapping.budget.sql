do $body$
declare
    share numeric;
    worst text;
begin
    select coalesce(sum(quarantined)::numeric / nullif(sum(candidates - empty - dropped), 0), 0)
    into share
    from {{ ledger | qualified }}
    where migration = {{ migration | literal }}
        and mapping = {{ mapping | literal }};
    if share > {{ max_share }} then
        select string_agg(format('%s %s of %s', rows, reason, source), ', ' order by rows desc)
        into worst
        from (
            select count(*) as rows, source, reason
            from {{ quarantine | qualified }}
            where migration = {{ migration | literal }}
                and mapping = {{ mapping | literal }}
            group by source, reason
            order by count(*) desc
            limit 3
        ) as most;
        raise exception using
            errcode = 'IG002',
            message = format(
                '%s %% of the candidates of %s were rejected, at most {{ max_percent }} %% are allowed: %s',
                round(share * 100, 2), {{ mapping | literal }}, worst
            ),
            hint = 'see "integrity quarantine list", mend the mapping, or raise rejects.max';
    end if;
end
$body$
