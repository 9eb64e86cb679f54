{#- Repeats of rows that this batch made: their target. -#}
update {{ fates | qualified }} as f
set integrity_target = leader.integrity_target
from {{ fates | qualified }} as leader
where f.integrity_fate = 'repeated'
    and f.integrity_target is null
    and f.integrity_reject is null
    and leader.integrity_key = f.integrity_leader
    and leader.integrity_arm = f.integrity_leader_arm
