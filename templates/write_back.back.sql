case integrity_change
    when 'updated' then integrity_changed <@ integrity_returned
    when 'deleted' then integrity_returned <> '{}'
    else integrity_returned <> '{}'{% if leftover %}

        and num_nonnulls({% for column in leftover %}integrity_new_row ->> {{ column | literal }}{% if not loop.last %}, {% endif %}{% endfor %}) = 0{% endif %}

end
