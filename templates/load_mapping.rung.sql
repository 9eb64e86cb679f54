with mine as (  -- keys of the candidates whose most trusted complete rung is this one
    select k.*, bit_or(1::bigint << k.rung) over (partition by k.candidate) as rungs
    from {{ keys | qualified }} as k
    where k.first_rung = {{ number }}
),
known as (  -- what the rows matched so far say, rung by rung
    select distinct m.integrity_entity as entity, k.rung, k.value
    from {{ matched | qualified }} as m
    join {{ keys | qualified }} as k
        on k.candidate = m.integrity_candidate
    where m.integrity_entity is not null
),
entities as (
    select entity, bit_or(1::bigint << rung) as rungs
    from known
    group by entity
),
agreeing as (  -- rows that agree on the most trusted rung that both have
    select mine.candidate, known.entity, mine.rung
    from mine
    join known
        on known.rung = mine.rung
        and known.value = mine.value
    join entities
        on entities.entity = known.entity
    where mine.rungs & entities.rungs & ((1::bigint << mine.rung) - 1) = 0
),
choice as (
    select candidate, min(entity) as entity, count(distinct entity) as entities
    from (
        select candidate, entity, rung = min(rung) over (partition by candidate) as best
        from agreeing
    ) as ranked
    where best
    group by candidate
),
decided as (  -- candidates that agree on this rung stay together
    select
        mine.candidate,
        choice.entities as own_entities,
        choice.entity as own_entity,
        min(choice.entity) filter (where choice.entities = 1) over same as shared_entity,
        max(choice.entity) filter (where choice.entities = 1) over same as other_entity,
        min(mine.candidate) over same as founder
    from mine
    left join choice
        on choice.candidate = mine.candidate
    where mine.rung = {{ number }}
    window same as (partition by mine.value)
)
update {{ matched | qualified }} as m
set integrity_entity = case
        when decided.own_entities = 1 then decided.own_entity
        when decided.own_entities > 1 or decided.shared_entity <> decided.other_entity then null
        else coalesce(decided.shared_entity, decided.founder)
    end,
    integrity_reject = case
        when decided.own_entities > 1 then {{ code | literal }}
        when decided.own_entities is null and decided.shared_entity <> decided.other_entity then {{ code | literal }}
    end
from decided
where decided.candidate = m.integrity_candidate
