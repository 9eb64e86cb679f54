{% extends "write_back.attempt.sql" %}
{% block prepare %}
update {{ work | qualified }} as u
        set integrity_place = numbered.place
        from (
            select source_key, dense_rank() over (order by source_key) as place
            from {{ work | qualified }}
        ) as numbered
        where numbered.source_key = u.source_key;
{% endblock %}
{% block statement %}
with sent as (
                        select u.source_key, jsonb_object_agg(pair.key, pair.value) as legacy
                        from {{ work | qualified }} as u
                        cross join lateral jsonb_each(u.legacy) as pair
                        where u.integrity_place between integrity_low and integrity_high
                        group by u.source_key
                    ),
                    written as (
                        update {{ legacy | qualified }} as s
                        set {% for column in columns %}{{ column.name | ident }} = case
                                when sent.legacy ? {{ column.name | literal }}
                                then (sent.legacy ->> {{ column.name | literal }})::{{ column.type }}
                                else s.{{ column.name | ident }}
                            end{% if not loop.last %},
                            {% endif %}{% endfor %}

                        from sent
                        where {{ key }} = sent.source_key
                        returning sent.source_key
                    )
                    update {{ changes | qualified }} as c
                    set integrity_returned = c.integrity_returned || done.columns,
                        integrity_reason = null
                    from (
                        select u.integrity_unified, array_agg(u.column_name) as columns
                        from {{ work | qualified }} as u
                        join written
                            on written.source_key = u.source_key
                        group by u.integrity_unified
                    ) as done
                    where done.integrity_unified = c.integrity_unified;
{% endblock %}
