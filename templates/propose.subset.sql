{# Rows of a copy that its original does not have; json has no equality, so all as text. -#}
select count(*)
from (
  select
    {{ columns | map("ident") | lines(4, "::text,") }}::text
  from {{ copy | qualified }}
  except all
  select
    {{ columns | map("ident") | lines(4, "::text,") }}::text
  from {{ original | qualified }}
) as missing
