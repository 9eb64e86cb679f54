select coalesce(max({{ key | ident }}), 0)
from {{ table | qualified }}
