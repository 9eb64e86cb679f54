{#- Body of a DO block: which form the function takes is decided by the server it is run on.

Words that mean another moment on every run, as "now" and "today", are valid for no type. Each of
them has an o or a y, which is tested first, for it costs a third. -#}
{%- set moment = "type_name ~ '^(date|time|tsrange|tstzrange|tsmulti|tstzmulti)'" -%}
{%- set changing = "value ~ '[oOyY]' and value ~* '\\m(now|today|tomorrow|yesterday)\\M'" %}

begin
    if pg_catalog.current_setting('server_version_num')::integer >= 160000 then
        -- One expression, so that the planner puts it in place of the call.
        create or replace function {{ schema | ident }}.integrity_is_valid(
            value text, type_name text
        )
        returns boolean
        language sql
        stable
        parallel safe
        return case
            when {{ moment }} and {{ changing }} then false
            else pg_catalog.pg_input_is_valid(value, type_name)
        end;
    else
        -- A row type built from JSON passes each text through the type's input function, length
        -- and precision included, as an assignment does; an explicit cast would cut the text.
        create or replace function {{ schema | ident }}.integrity_is_valid(
            value text, type_name text
        )
        returns boolean
        language plpgsql
        stable
        as $valid$
        declare
            type oid := pg_catalog.to_regtype(type_name);
        begin
            if value is null then
                return null;
            end if;
            if type is null then
                raise undefined_object using message = 'type "' || type_name || '" does not exist';
            end if;
            if {{ moment }} and {{ changing }} then
                return false;
            end if;
            begin
                if type = 'json'::pg_catalog.regtype then
                    perform value::pg_catalog.json;
                elsif type = 'jsonb'::pg_catalog.regtype then
                    perform value::pg_catalog.jsonb;
                else
                    execute pg_catalog.format(
                        'select field from pg_catalog.jsonb_to_record($1) as row_of(field %s)',
                        type_name
                    ) using pg_catalog.jsonb_build_object('field', value);
                end if;
                return true;
            exception
                when data_exception or integrity_constraint_violation or program_limit_exceeded then
                    return false;
            end;
        end
        $valid$;
    end if;
end
