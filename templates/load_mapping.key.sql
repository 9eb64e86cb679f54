do $body$
declare
    missing bigint;
    repeated bigint;
    example text;
begin
    select count(*) into missing
    from {{ from }} as s
    where {{ key }} is null;
    select count(*), min(found.key) into repeated, example
    from (
        select ({{ key }})::text as key
        from {{ from }} as s
        where {{ key }} is not null
        group by 1
        having count(*) > 1
    ) as found;
    if missing + repeated > 0 then
        raise exception using
            errcode = 'IG005',
            message = format(
                'the rows of %s are not known by %s: %s of them have no such key, %s keys stand in several rows%s',
                {{ source.label | literal }}, {{ names | literal }}, missing, repeated, ', as ' || example
            ),
            hint = 'name columns under key: that are unique and never NULL, or write key: row';
    end if;
end
$body$
