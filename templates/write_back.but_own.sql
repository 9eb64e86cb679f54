
    where d.source = {{ label | literal }}
