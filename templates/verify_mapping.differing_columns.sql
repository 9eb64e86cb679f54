array_remove(array[{% for name, one, other in columns %}

    case when {{ one }} is distinct from {{ other }} then {{ name | literal }} end{% if not loop.last %},{% endif %}{% endfor %}

]::text[], null)
