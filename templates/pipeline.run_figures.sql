select reasons{% for name in numbers %}, {{ name | ident }}{% endfor %}

from {{ runs | qualified | replace("%", "%%") }}
where run = %(run)s
