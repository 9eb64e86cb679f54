insert into {{ cursors | qualified }} as k (pipeline, source, watermark)
select {{ pipeline | literal }}, {{ label | literal }}, seen.watermark::text
from {{ seen | qualified }} as seen
where seen.watermark is not null
on conflict (pipeline, source) do update
set watermark = excluded.watermark
where k.watermark::{{ type }} < excluded.watermark::{{ type }}
