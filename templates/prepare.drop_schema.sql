do $body$
begin
    drop schema if exists {{ schema | ident }};
exception
    when dependent_objects_still_exist then
        raise notice 'schema % stays: somebody created objects in it since', {{ schema | literal }};
end
$body$
