{#- Rows one after another, each in a subtransaction of its own; why the server refuses one is kept. -#}
{%- set body %}

declare
    one bigint;
    done bigint;
    loaded bigint := 0;
    state text; message text; detail text; constraint_name text; column_name text;
begin
    foreach one in array {{ numbers | literal }}::bigint[] loop
        begin
            insert into {{ table | qualified }}{% if names %} ({{ names | idents }}){% endif %}

            select
{%- if values %}

                {{ values | lines(16) }}
{%- endif %}

            from pg_temp.integrity_load_typed as s
            where s.{{ number }} = one;
            get diagnostics done = row_count;
            loaded := loaded + done;
            if done <> 1 then
                insert into pg_temp.integrity_load_refused values (one);
            end if;
        exception
            when data_exception or integrity_constraint_violation or with_check_option_violation
                or program_limit_exceeded or plpgsql_error
            then
                get stacked diagnostics
                    state = returned_sqlstate, message = message_text,
                    detail = pg_exception_detail, constraint_name = constraint_name,
                    column_name = column_name;
                insert into pg_temp.integrity_load_refused values (
                    one, state, message, detail,
                    coalesce(nullif(constraint_name, ''), column_name)
                );
        end;
    end loop;
    insert into pg_temp.integrity_load_refused values (-1, loaded);
end
{% endset -%}
do {{ body | dollar }}
