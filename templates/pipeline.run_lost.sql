{#- Whoever holds the lock of the pipeline knows that no other run of it is alive. -#}
update {{ runs | qualified }}
set outcome = 'failed', ended = clock_timestamp(), error = 'the runner was killed'
where pipeline = {{ pipeline | literal }}
    and outcome = 'running'
