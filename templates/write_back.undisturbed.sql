delete from {{ updates | qualified }} as u
using {{ crosswalk | qualified }} as x
join {{ table | qualified }} as t
    on t.{{ primary | ident }} = x.unified_key
where u.column_name = {{ column | literal }}
    and x.source = {{ source | literal }}
    and x.arm = {{ arm | literal }}
    and x.source_key = u.source_key::{{ key_type }}
    and t.{{ read | ident }} is not null
    and case{% for test in tests %}

        when not {{ test | indented(8) }} then true{% endfor %}

        else {{ differs | indented(8) }}
    end{% if matched %}

    and not exists (  -- a better source says what stands there
        select
        from {{ matched | qualified }} as own
        join {{ matched | qualified }} as m
            on m.integrity_entity = own.integrity_entity
        where own.integrity_source = {{ rank }}
            and own.integrity_arm = {{ arm_number }}
            and own.integrity_key = x.source_key
            and m.{{ read | ident }} is not null
            and ({{ m_place }}, m.integrity_n) < ({{ own_place }}, own.integrity_n)
    ){% else %}

    and x.survived{% endif %}
