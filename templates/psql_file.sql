{{ header }}

\set ON_ERROR_STOP on
\set QUIET on

set client_encoding = 'UTF8';
set client_min_messages = warning;
{% for name, value in session.items() %}
set {{ name }} = {{ value | literal }};
{% endfor %}
set lock_timeout = {{ lock_timeout | literal }};
set statement_timeout = {{ statement_timeout | literal }};

-- Refuse to start beside another run, or from a state that this file is not for. The advisory lock
-- is the one the runner takes; this session holds it until the end.
do {{ guard | dollar }};

{{ sections | join("\n\n\n") }}

do $body$
begin
    perform pg_catalog.pg_advisory_unlock({{ lock_key }});
end
$body$;
