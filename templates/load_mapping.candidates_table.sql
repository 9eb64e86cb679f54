create {{ storage }} table {{ candidates | qualified }} (
    integrity_source smallint not null,  -- rank of the source, 1 is preferred
    integrity_key    {{ key_type }} not null,  -- key of the source row
    integrity_arm    smallint not null,
    integrity_reject text{% for column in columns %},
    {{ column.name | ident }} {{ column.type }}{% endfor %}

)
