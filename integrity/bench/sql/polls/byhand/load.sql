with found as materialized (
    select p.*
    from raw.polls as p
    where p.race not like 'test%' or p.race is null
),
judged as materialized (
    select
        f.id, r.race_id, f.question, lower(f.source) as source, o.outlet_id, f.observed_at,
        f.yes_share, f.no_share, f.yes_weight, f.no_weight,
        case
            when abs(f.yes_weight - f.yes_share) < 15 then null
            when f.yes_weight > f.yes_share then 'yes'
            else 'no'
        end as lean,
        case
            when abs(f.yes_weight - f.yes_share) >= 25 then 'strong'
            when abs(f.yes_weight - f.yes_share) >= 20 then 'moderate'
            when abs(f.yes_weight - f.yes_share) >= 15 then 'weak'
        end as strength,
        case
            when r.race_id is null then 'no race'
            when f.yes_share + f.no_share not between 98 and 102 then 'shares_of_pair'
            when f.yes_weight + f.no_weight not between 98 and 102 then 'weights_of_pair'
            when f.question not in ('winner', 'margin', 'turnout') then 'question'
        end as reason
    from found as f
    left join polling.races as r on r.code = f.race
    left join polling.outlets as o on o.code = f.outlet
),
grouped as materialized (
    select
        j.*,
        sha256(convert_to(row(j.yes_share, j.no_share, j.yes_weight, j.no_weight, j.lean, j.strength)::text, 'UTF8')) as hash,
        row_number() over same as place,
        count(*) over (
            partition by j.race_id, j.question, j.source, j.outlet_id, j.observed_at
        ) - 1 as repeats
    from judged as j
    where j.reason is null
    window same as (
        partition by j.race_id, j.question, j.source, j.outlet_id, j.observed_at
        order by j.id
    )
),
created as (
    insert into polling.shares (
        race_id, question, source, outlet_id, observed_at, yes_share, no_share, yes_weight, no_weight,
        lean, strength, repeats
    )
    select
        race_id, question, source, outlet_id, observed_at, yes_share, no_share, yes_weight, no_weight,
        lean, strength, repeats
    from grouped
    where place = 1
    order by id
    returning share_id, race_id, question, source, outlet_id, observed_at
),
linked as (
    insert into polling.loaded (id, share_id, hash)
    select g.id, c.share_id, g.hash
    from grouped as g
    join created as c
        on c.race_id = g.race_id
        and c.question = g.question
        and c.source = g.source
        and c.observed_at = g.observed_at
        and coalesce(c.outlet_id, -1) = coalesce(g.outlet_id, -1)
    returning 1
),
kept as (
    insert into polling.rejected (id, reason, raw)
    select j.id, j.reason, to_jsonb(p)
    from judged as j
    join raw.polls as p on p.id = j.id
    where j.reason is not null
    returning 1
)
insert into polling.runs (found, created, repeated, dropped, rejected, watermark)
select
    (select count(*) from raw.polls),
    (select count(*) from created),
    (select count(*) from linked) - (select count(*) from created),
    (select count(*) from raw.polls where race like 'test%'),
    (select count(*) from kept),
    (select max(created_at) from raw.polls)
