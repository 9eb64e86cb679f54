{#- A run that was stopped: its moment is open again. -#}
update {{ schema | ident | replace("%", "%%") }}.integrity_pipeline_runs
set scheduled = null
where pipeline = %(pipeline)s
    and scheduled = %(moment)s
