do $body$
declare
    taken text;
begin
    select string_agg(quote_ident(nspname), ', ' order by nspname)
    into taken
    from pg_namespace
    where nspname in ({{ schemas | map("literal") | join(", ") }});
    if taken is not null then
        raise exception using
            errcode = 'duplicate_schema',
            message = format('the migration builds in schemas of its own, and these exist: %s', taken),
            hint = 'rename them, or drop them if nobody needs what they hold; a rollback would drop them';
    end if;
end
$body$
