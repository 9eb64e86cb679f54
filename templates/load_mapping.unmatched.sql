update {{ matched | qualified }}
set integrity_reject = 'no-key'
where integrity_entity is null
    and integrity_reject is null
