(
    select whole.*, md5(whole::text) || '-' || row_number() over (partition by md5(whole::text)) as integrity_key
    from {{ table }} as whole
)