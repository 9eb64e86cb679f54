with found as materialized (
    select
        r.id, r.first_value, r.second_value, r.line,
        btrim(s.lab_code) as lab_code, s.foreign_code, s.place, s.taken_on, s.number,
        case when r.first_value > r.second_value then 'first' else 'second' end as winner,
        round(((r.first_value is not null and r.second_value is not null)::integer * 0.6 + (r.line is not null)::integer * 0.4), 4) as quality
    from lab.results as r
    join lab.samples as s on s.id = r.sample_id
    left join clinic.synced as l on l.id = r.id
    left join clinic.reports as t on t.report_id = l.report_id
    where r.finished_at is not null
        and (t.report_id is null or t.first_value is null)
),
matched as materialized (
    select
        f.*, coalesce(a.report_id, b.report_id, c.report_id) as report_id,
        case
            when f.first_value = f.second_value then 'tie'
            when count(*) over (partition by f.id) > 1 then 'matches several'
            when coalesce(a.report_id, b.report_id, c.report_id) is not null
                and count(*) over (partition by coalesce(a.report_id, b.report_id, c.report_id)) > 1 then 'claimed by several'
        end as reason,
        sha256(convert_to(row(f.first_value, f.second_value, f.line, f.winner, f.quality)::text, 'UTF8')) as hash
    from found as f
    left join clinic.reports as a
        on a.lab_code = f.lab_code
    left join clinic.reports as b
        on a.report_id is null
        and b.foreign_code = f.foreign_code
        and (b.lab_code is null or f.lab_code is null)
    left join clinic.reports as c
        on a.report_id is null
        and b.report_id is null
        and c.place = f.place
        and c.taken_on = f.taken_on
        and c.number = f.number
        and (c.lab_code is null or f.lab_code is null)
        and (c.foreign_code is null or f.foreign_code is null)
),
kept as (
    insert into clinic.rejected (id, reason, raw)
    select distinct on (id) id, reason, to_jsonb(m)
    from matched as m
    where reason is not null
    on conflict (id) do update
    set reason = excluded.reason, raw = excluded.raw
    returning 1
),
numbered as materialized (
    select m.*, m.report_id is null as is_new,
        coalesce(m.report_id, nextval('clinic.reports_report_id_seq')) as target
    from matched as m
    where reason is null
),
updated as (
    update clinic.reports as t
    set first_value = n.first_value, second_value = n.second_value, line = n.line,
        winner = n.winner, quality = n.quality, updated_at = now()
    from numbered as n
    where t.report_id = n.report_id
        and (t.first_value, t.second_value, t.line, t.winner, t.quality)
            is distinct from (n.first_value, n.second_value, n.line, n.winner, n.quality)
    returning t.report_id
),
history as (
    insert into clinic.changed (report_id, old, new)
    select
        t.report_id,
        jsonb_build_object('first_value', t.first_value, 'second_value', t.second_value, 'line', t.line, 'winner', t.winner, 'quality', t.quality),
        jsonb_build_object('first_value', n.first_value, 'second_value', n.second_value, 'line', n.line, 'winner', n.winner, 'quality', n.quality)
    from numbered as n
    join clinic.reports as t on t.report_id = n.report_id
    where (t.first_value, t.second_value, t.line, t.winner, t.quality)
        is distinct from (n.first_value, n.second_value, n.line, n.winner, n.quality)
    returning 1
),
created as (
    insert into clinic.reports (
        report_id, lab_code, foreign_code, place, taken_on, number, first_value, second_value, line,
        winner, quality, updated_at
    )
    overriding system value
    select
        target, lab_code, foreign_code, place, taken_on, number, first_value, second_value, line,
        winner, quality, now()
    from numbered
    where is_new
    returning 1
),
linked as (
    insert into clinic.synced (id, report_id, hash)
    select id, target, hash
    from numbered
    on conflict (id) do update
    set report_id = excluded.report_id, hash = excluded.hash
    returning 1
)
insert into clinic.runs (found, updated, created, rejected)
select
    (select count(*) from found), (select count(*) from updated), (select count(*) from created),
    (select count(*) from kept)
