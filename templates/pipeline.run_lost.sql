{#- Whoever holds the lock of the pipeline knows that no other run of it is alive; likewise of followers,
    which have a lock of their own. -#}
update {{ runs | qualified }}
set outcome = 'failed', ended = clock_timestamp(), error = {% if follows %}'the follower was killed, or its connection lost'{% else %}'the runner was killed'{% endif %}

where pipeline = {{ pipeline | literal }}
    and outcome = 'running'
    and mode {{ "=" if follows else "<>" }} {{ follow | literal }}
