select reasons{% for name in numbers %}, {{ name | ident }}{% endfor %}

from {{ runs | qualified }}
where run = %(run)s
