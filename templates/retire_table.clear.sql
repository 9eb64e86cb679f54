delete from {{ ledger | qualified }}
where source = {{ source | literal }}
    and mapping in ('archive', 'drop')
