update {{ fates | qualified }} as f
set integrity_reject = 'match-shared'
from {{ shared | qualified }} as s
where s.integrity_key = f.integrity_key
    and s.integrity_arm = f.integrity_arm
    and f.integrity_reject is null
