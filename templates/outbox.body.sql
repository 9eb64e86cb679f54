{#- What the trigger does. NOTIFY is left out where transactions may be prepared: those cannot. -#}
{% macro keys(alias) %}
{% if key | length == 1 %}{{ alias }}.{{ key[0] | ident }}::text{% else %}jsonb_build_array({% for column in key %}{{ alias }}.{{ column | ident }}{% if not loop.last %}, {% endif %}{% endfor %})::text{% endif %}
{% endmacro %}
{% macro known(alias) %}
num_nulls({% for column in key %}{{ alias }}.{{ column | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) = 0
{%- endmacro %}

declare
    changed bigint;
begin
    if tg_op = 'INSERT' then
        insert into {{ outbox | qualified }} (pipeline, source_key)
        select {{ pipeline | literal }}, {{ keys("n") }} from integrity_new as n where {{ known("n") }};
    elsif tg_op = 'DELETE' then
        insert into {{ outbox | qualified }} (pipeline, source_key)
        select {{ pipeline | literal }}, {{ keys("o") }} from integrity_old as o where {{ known("o") }};
    else
        insert into {{ outbox | qualified }} (pipeline, source_key)
        select {{ pipeline | literal }}, {{ keys("n") }} from integrity_new as n where {{ known("n") }}
        union
        select {{ pipeline | literal }}, {{ keys("o") }} from integrity_old as o where {{ known("o") }};
    end if;
    get diagnostics changed = row_count;
    if changed > 0 and current_setting('max_prepared_transactions') = '0' then
        perform pg_notify({{ channel | literal }}, '');
    end if;
    return null;
end
