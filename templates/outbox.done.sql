{#- Exactly the entries that were read: one with a smaller number may commit later. -#}
delete from {{ outbox | qualified }}
where outbox_id = any ({{ entries }}::bigint[]){% if rows %}

    and source_key in (select {{ key }}::text from {{ rows | qualified }} as s){% endif %}

