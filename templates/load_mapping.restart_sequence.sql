do $body$
begin  -- the next row that is inserted gets the number after the last one given here
    perform setval(
        pg_get_serial_sequence({{ table | qualified | literal }}, {{ column | literal }}),
        coalesce(max({{ column | ident }}), 1),
        max({{ column | ident }}) is not null
    )
    from {{ table | qualified }};
end
$body$
