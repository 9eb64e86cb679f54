
declare
    found text;
    rows bigint;
begin
    select count(*), string_agg(bad.shown, ', ' order by bad.place) filter (where bad.place <= 5)
    into rows, found
    from (
        select
            row_number() over ({{ order }}) as place,
            {{ shown }}coalesce(left(t.{{ column | ident }}::text, 60), 'null') as shown
        from {{ table | qualified }} as t
        where {{ bad | indented(8) }}
    ) as bad;
    if rows > 0 then
        raise exception using
            errcode = 'IG010',
            message = format(
                '%s of %s: %s %s (%s)',
                {{ column | literal }}, {{ (table.schema ~ "." ~ table.name) | literal }},
                rows, {{ problem | literal }}, found || case when rows > 5 then ', ...' else '' end
            ),
            hint = {{ hint | literal }};
    end if;
end
