create table {{ at | qualified }} as
select
    {% for name, value in key %}
    {{ value }} as {{ name | ident }},
    {% endfor %}
    {{ column | ident }} as integrity_value,
    {{ became }} as integrity_became
from {{ table | qualified }}
where {{ column | ident }} is not null
