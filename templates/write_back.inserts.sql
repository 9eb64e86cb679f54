create {{ storage }} table {{ inserts | qualified }} as
select
    c.integrity_unified{% for item in items %},
    {{ item.sql | indented(4) }} as {{ item.name | ident }}{% endfor %}

from {{ changes | qualified }} as c
where c.integrity_change = 'inserted'
    and c.integrity_returned = '{}'{% for condition in conditions %}

    and ({{ condition | indented(8) }}){% endfor %}

