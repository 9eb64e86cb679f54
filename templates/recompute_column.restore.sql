update {{ table | qualified }} as t
set {% for c in columns if not c.added %}{{ c.name | ident }} = case
        when s.differs_{{ c.number }} and s.untouched_{{ c.number }} and {{ c.same("t." ~ (c.name | ident), "s.new_" ~ c.number) }} then s.old_{{ c.number }}
        else t.{{ c.name | ident }}
    end{% if not loop.last %},
    {% endif %}{% endfor %}

from {{ saved | qualified }} as s
where s.integrity_key = t.{{ primary | ident }}
