
    where d.source = {{ label | literal }}
        and d.integrity_place between $1 and $2{% if own %}

        and not exists (
            select
            from {{ work | qualified }} as e
            where e.source = {{ label | literal }}
                and e.integrity_place between $1 and $2
                and {{ key }} = e.source_key
        ){% endif %}

)
