
begin  -- how each trigger stands, so that it stands like that again
    create {{ storage }} table {{ triggers | qualified }} as
    select t.tgrelid::regclass as table_name, t.tgname as name, t.tgenabled as state
    from pg_trigger as t
    where t.tgrelid in (
{% for table in tables %}
        {{ table | qualified | literal }}::regclass{% if not loop.last %},{% endif %}

{% endfor %}
    ) and not t.tgisinternal;
end
