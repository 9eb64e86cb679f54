select
    (select count(*) from {{ rows | qualified }}) * {{ arms }} as found,
    {% if drops %}
    (
        select jsonb_object_agg(because, times)
        from (
            select
                case{% for drop in drops %}

                    when ({{ drop | indented(20) }}) is true then {{ becauses[loop.index0] | literal }}{% endfor %}

                end as because,
                count(*) * {{ arms }} as times
            from {{ rows | qualified }} as s
            group by 1
        ) as dropped
        where because is not null
    ) as drops,
    {% else %}
    null::jsonb as drops,
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
