select t.{{ arm | ident }} as arm, count(*) as rows
from {{ table | qualified }} as t
where t.{{ source_column | ident }} = {{ source.label | literal }}
group by t.{{ arm | ident }}
