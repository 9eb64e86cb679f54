do $body$
declare
    misfits bigint;
    example text;
begin
    select count(*), min({{ key }}::text)
    into misfits, example
    from {{ table | qualified }}
    where not coalesce({{ is_valid | qualified }}({{ column | ident }}::text, {{ type | literal }}), true);
    if misfits > 0 then
        raise exception using
            errcode = 'IG004',
            message = format(
                {{ message | literal }}, misfits, example
            ),
            hint = 'shorten these values, then roll back again; nothing was changed';
    end if;
end
$body$
