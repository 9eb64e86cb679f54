create {{ storage }} table {{ origins | qualified }} (source, source_label, arm, arm_label) as
values
{% for source in sources %}{% set last_source = loop.last %}
{% for arm in source.arms %}
    ({{ source.rank }}::smallint, {{ source.label | literal }}::text, {{ arm.number }}::smallint, {{ arm.label | literal }}::text){% if not (loop.last and last_source) %},{% endif %}

{% endfor %}
{% endfor %}
