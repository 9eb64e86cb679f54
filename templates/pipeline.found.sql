select
    (select count(*) from {{ rows | qualified }}) * {{ arms }} as found,
    {% if drops %}
    (
        select count(*)
        from {{ rows | qualified }} as s
        where {% for drop in drops %}{% if not loop.first %}
            or {% endif %}({{ drop | indented(12) }}) is true{% endfor %}

    ) * {{ arms }} as dropped,
    {% else %}
    0::bigint as dropped,
    {% endif %}
    (
        select count(*)
        from {{ fates | qualified }}
        where integrity_reject is null
            and integrity_fate = 'matched'
    ) as matched,
    (
        select count(*)
        from {{ fates | qualified }}
        where integrity_reject is null
            and integrity_fate = 'repeated'
    ) as repeated,
    (
        0::bigint{% for fills in empties %}

        + (
            select count(*)
            from {{ rows | qualified }} as s
            where {% for fill in fills %}({{ fill | indented(12) }}) is not true
                and {% endfor %}true{% for drop in drops %}

                and ({{ drop | indented(12) }}) is not true{% endfor %}

        ){% endfor %}

    ) as empty
