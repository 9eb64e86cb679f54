{#- The same sum from one row per table, in every snapshot: rows that were seen go as it comes. -#}
with gone as (
    delete from {{ schema | ident }}.integrity_versions
    where relation in (
        select relation from {{ schema | ident }}.integrity_versions
        group by relation having count(*) > 1)
    returning relation, changes
)
insert into {{ schema | ident }}.integrity_versions (relation, changes)
select relation, sum(changes) from gone group by relation
