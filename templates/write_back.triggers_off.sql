declare
    rule record;
begin  -- how each trigger and rule stands, so that it stands like that again
    create {{ storage }} table {{ triggers | qualified }} as
    select t.tgrelid::regclass as table_name, 'trigger' as kind, t.tgname as name, t.tgenabled as state
    from pg_trigger as t
    where t.tgrelid in (
{% for table in tables %}
        {{ table | qualified | literal }}::regclass{% if not loop.last %},{% endif %}

{% endfor %}
    ) and not t.tgisinternal
    union all
    select r.ev_class::regclass, 'rule', r.rulename, r.ev_enabled
    from pg_rewrite as r
    where r.ev_class in (
{% for table in tables %}
        {{ table | qualified | literal }}::regclass{% if not loop.last %},{% endif %}

{% endfor %}
    );
    for rule in select * from {{ triggers | qualified }} where kind = 'rule' loop
        execute format('alter table %s disable rule %I', rule.table_name, rule.name);
    end loop;
end
