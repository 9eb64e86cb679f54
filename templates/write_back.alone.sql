{%- macro agrees(o) -%}
{%- if rung.null_safe -%}
(row({% for k in rung.columns %}{{ o }}.{{ k | ident }}{% if not loop.last %}, {% endif %}{% endfor %})::record) = (select row({% for k in rung.columns %}c.{{ k | ident }}{% if not loop.last %}, {% endif %}{% endfor %}))
{%- else -%}
{%- for k in rung.columns -%}{%- if not loop.first %} and {% endif -%}{{ o }}.{{ k | ident }} = c.{{ k | ident }}{%- endfor -%}
{%- endif -%}
{%- for more in trusted %} and num_nulls({% for k in more %}c.{{ k | ident }}, {{ o }}.{{ k | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) > 0{% endfor -%}
{%- endmacro -%}
not exists (  -- nothing else would be taken for the same row
    select
    from {{ table | qualified }} as o
    where {{ agrees("o") }}
        and o.{{ primary | ident }} <> c.integrity_unified
)
and not exists (  -- nor what legacy still says of a row that was changed
    select
    from {{ changes | qualified }} as o
    cross join lateral jsonb_populate_record(null::{{ table | qualified }}, o.integrity_old_row) as was
    where o.integrity_old_row is not null
        and o.integrity_unified <> c.integrity_unified
        and {{ agrees("was") }}
        and case o.integrity_change
            when 'deleted' then o.integrity_returned = '{}'
            else not o.integrity_changed <@ o.integrity_returned
        end
){% if matched %}

and not exists (  -- nor a legacy row that became a part of another one, or was rejected with it
    select
    from {{ matched | qualified }} as o
    left join {{ expected | qualified }} as e
        on e.integrity_entity = o.integrity_entity
    left join {{ changes | qualified }} as gone
        on gone.integrity_unified = e.{{ primary | ident }}
    where {{ agrees("o") }}
        and e.{{ primary | ident }} is distinct from c.integrity_unified
        and case gone.integrity_change
            when 'deleted' then gone.integrity_returned = '{}'
            when 'updated' then not gone.integrity_changed <@ gone.integrity_returned
            else true
        end
){% endif %}
