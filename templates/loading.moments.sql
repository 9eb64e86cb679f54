{#- Words that mean another moment on every run: no value of a file. #}
select exists (
    select from pg_temp.integrity_load_rows as s
    where
{%- for place in places %}{{ " or" if not loop.first }}
        (s.v{{ place }} ~ '[oOyY]' and s.v{{ place }} ~* '\m(now|today|tomorrow|yesterday)\M')
{%- endfor %}

)
