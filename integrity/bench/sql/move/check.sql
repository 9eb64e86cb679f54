select count(*), min(reading_id), max(reading_id)
from telemetry.readings
