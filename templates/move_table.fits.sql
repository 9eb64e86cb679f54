
declare
    misfits bigint;
    example text;
begin
    select count(*), min({{ key }}::text)
    into misfits, example
    from {{ table | qualified }}
    where case
        when not coalesce({{ is_valid | qualified }}({{ column | ident }}::text, {{ type | literal }}), true) then true
        else {{ column | ident }}::{{ type }}::text is distinct from {{ column | ident }}::text
    end;
    if misfits > 0 then
        raise exception using
            errcode = 'IG004',
            message = format(
                '%s values of %s do not fit %s any more, for example that of key %s',
                misfits, {{ name | literal }}, {{ type | literal }}, example
            ),
            hint = 'shorten these values, then roll back again; nothing was changed';
    end if;
end
