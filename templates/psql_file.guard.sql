
declare
    found boolean := false;
begin
    if pg_catalog.transaction_timestamp() <> pg_catalog.statement_timestamp() then
        raise exception using
            errcode = 'active_sql_transaction',
            message = 'this file begins and commits by itself',
            hint = 'run it without -1 and outside a transaction';
    end if;
    if not pg_catalog.pg_try_advisory_lock({{ lock_key }}) then
        raise exception using
            errcode = 'lock_not_available',
            message = 'another run is in progress in this database',
            hint = 'wait for it to end, then run this file again';
    end if;
{% for refusal in refusals %}
    -- A query is parsed when it is executed: the table it reads may not exist yet.
    if pg_catalog.to_regclass({{ (schema | ident ~ "." ~ refusal.table) | literal }}) is not null then
        execute {{ refusal.query | dollar }}
        into found;
    end if;
    if {{ "not found" if refusal.unless else "found" }} then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = {{ refusal.message | literal }},
            hint = {{ refusal.hint | literal }};
    end if;
{% endfor %}
end

