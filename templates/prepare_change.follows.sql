do {% set body %}

begin
    if to_regclass({{ state | qualified | literal }}) is null
        or not exists (select from {{ state | qualified }} where migration = {{ previous | literal }})
    then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = {{ (previous ~ " is not applied") | literal }},
            hint = 'apply it first: migrations follow each other by number';
    end if;
end
{% endset %}{{ body | dollar }}
