{#- Rows of a table that nothing of legacy feeds: they came in after the switch, and have nowhere to go. -#}
{% set body %}

begin
    if to_regclass({{ table | qualified | literal }}) is null then
        return;  -- it was never made
    end if;
    insert into {{ retained | qualified }} (migration, table_name, unified_key, change, new_row, reason)
    select
        {{ migration | literal }}, {{ name | literal }}, concat_ws(', '{% for column in key %}, t.{{ column | ident }}{% endfor %}), 'inserted', to_jsonb(t),
        {{ reason | literal }}
    from {{ table | qualified }} as t;
    insert into {{ returned | qualified }} (migration, table_name, change, changes, returned, retained, counted_at)
    select {{ migration | literal }}, {{ name | literal }}, 'inserted', count(*), 0, count(*), pg_catalog.transaction_timestamp()
    from {{ table | qualified }} as t
    having count(*) > 0;
end
{% endset %}
do {{ body | dollar }}
