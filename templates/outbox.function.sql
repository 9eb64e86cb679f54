{#- Keys of changed rows into the outbox, in the transaction that changes them. -#}
create or replace function {{ function | qualified }}() returns trigger
language plpgsql
security definer  -- who may write the table need not know of the toolkit
set search_path = pg_catalog, pg_temp{% for name, value in settings %}

set {{ name }} = {{ value | literal }}{% endfor %}

as {{ body | dollar }}
