exists (
        select from pg_class as c
        where c.oid = {{ table | qualified | literal }}::regclass
            and c.relacl is null
            and c.relowner = (select oid from pg_roles where rolname = current_user)
            and not c.relrowsecurity
            and not exists (select from pg_trigger as g where g.tgrelid = c.oid and not g.tgisinternal)
            and not exists (
                select from pg_depend as d
                where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
                    and d.classid in ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass)
            )
    )
