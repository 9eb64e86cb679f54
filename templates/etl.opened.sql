drop table if exists {{ seen | qualified }};
create temporary table {{ seen | qualified }} as
select {% if is_moment %}least(max(s.{{ changed | ident }}), now()::{{ type }}){% else %}max(s.{{ changed | ident }}){% endif %} as watermark
from {{ extract }} as s
