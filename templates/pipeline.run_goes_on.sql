update {{ runs | qualified | replace("%", "%%") }}
set {% for name in numbers %}{{ name | ident }} = %({{ name }})s, {% endfor %}reasons = %(reasons)s::jsonb, drops = %(drops)s::jsonb, cursor = %(cursor)s
where run = %(run)s
