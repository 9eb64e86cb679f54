{%- macro agrees(o, rung, trusted) -%}
{%- if rung.null_safe -%}
row({% for k in rung.columns %}{{ o }}.{{ k | ident }}{% if not loop.last %}, {% endif %}{% endfor %})::record = row({% for k in rung.columns %}c.{{ k | ident }}{% if not loop.last %}, {% endif %}{% endfor %})::record
{%- else -%}
{%- for k in rung.columns -%}{%- if not loop.first %} and {% endif -%}{{ o }}.{{ k | ident }} = c.{{ k | ident }}{%- endfor -%}
{%- endif -%}
{%- for more in trusted %} and num_nulls({% for k in more %}c.{{ k | ident }}, {{ o }}.{{ k | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) > 0{% endfor -%}
{%- endmacro -%}
create {{ storage }} table {{ crowded | qualified }} as
{% for rung, trusted in ladder %}
select c.integrity_unified  -- another row would be taken for the same one
from {{ changes | qualified }} as c
join {{ table | qualified }} as o
    on {{ agrees("o", rung, trusted) }}
where c.integrity_new_row is not null
    and o.{{ primary | ident }} <> c.integrity_unified
union all
select c.integrity_unified  -- or what legacy still says of a row that was changed
from {{ changes | qualified }} as c
join (
    select gone.integrity_unified as integrity_other, was.*
    from {{ changes | qualified }} as gone
    cross join lateral jsonb_populate_record(null::{{ table | qualified }}, gone.integrity_old_row) as was
    where gone.integrity_old_row is not null
        and case gone.integrity_change
            when 'deleted' then gone.integrity_returned = '{}'
            else not gone.integrity_changed <@ gone.integrity_returned
        end
) as o
    on {{ agrees("o", rung, trusted) }}
where c.integrity_new_row is not null
    and o.integrity_other <> c.integrity_unified
{% if matched %}
union all
select c.integrity_unified  -- or a legacy row that is a part of another one, or was rejected with it
from {{ changes | qualified }} as c
join {{ matched | qualified }} as o
    on {{ agrees("o", rung, trusted) }}
left join {{ expected | qualified }} as e
    on e.integrity_entity = o.integrity_entity
left join {{ changes | qualified }} as gone
    on gone.integrity_unified = e.{{ primary | ident }}
where c.integrity_new_row is not null
    and e.{{ primary | ident }} is distinct from c.integrity_unified
    and case gone.integrity_change
        when 'deleted' then gone.integrity_returned = '{}'
        when 'updated' then not gone.integrity_changed <@ gone.integrity_returned
        else true
    end
{% endif %}
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
