{#- Rows of two relations are one row: their identities are equal, NULL with NULL. #}
{% macro paired(a, b, identity) -%}
{% if identity | selectattr("nullable") | list -%}
hash_record_extended(row({% for c in identity %}{{ a }}.{{ c.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}), 0)
        = hash_record_extended(row({% for c in identity %}{{ b }}.{{ c.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}), 0)
        and {% endif -%}
{% for c in identity -%}
{{ a }}.{{ c.name | ident }} {{ "is not distinct from" if c.nullable else "=" }} {{ b }}.{{ c.name | ident }}{% if not loop.last %} and {% endif %}
{%- endfor %}
{%- endmacro %}
