do {% set body %}

begin
    if exists (
        select
        from (
            {{ expected | indented(12) }}
        ) as e
        join {{ table | qualified }} as t
            on t.{{ primary | ident }} = e.{{ primary | ident }}
        where ({% for name in identity %}t.{{ name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) is distinct from ({% for name in identity %}e.{{ name | ident }}{% if not loop.last %}, {% endif %}{% endfor %})
    ) then
        raise exception using
            errcode = 'IG011',
            message = {{ ("rows of " ~ name ~ " have other keys than their mapping expects, and columns of " ~ own ~ " take them") | literal }},
            hint = 'roll back, and change those columns where the keys are as loaded';
    end if;
end
{% endset %}{{ body | dollar }}
