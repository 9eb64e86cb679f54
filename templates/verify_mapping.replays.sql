select distinct mapping
from {{ quarantine | qualified }}
where replayed_at is not null
