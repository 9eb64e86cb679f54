update {{ table | qualified }} as t
set {% for c in columns %}{{ c.name | ident }} = case
        when s.differs_{{ c.number }} and s.untouched_{{ c.number }} then s.new_{{ c.number }}
        else t.{{ c.name | ident }}
    end{% if not loop.last %},
    {% endif %}{% endfor %}

from {{ saved | qualified }} as s
where s.integrity_key = t.{{ primary | ident }}
    and ({% for c in columns %}s.differs_{{ c.number }} and s.untouched_{{ c.number }}{% if not loop.last %} or {% endif %}{% endfor %})
