"""What is known about PostgreSQL's own functions, 15 to 18, without asking a server.

From pg_proc; a test compares these sets with the server's. Functions of the user are judged by
the server when the expression is prepared.
"""

from __future__ import annotations

_AGGREGATES = """
    any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop
    covar_samp cume_dist dense_rank every grouping json_agg json_agg_strict json_arrayagg
    json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict
    json_objectagg jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict
    jsonb_object_agg_unique jsonb_object_agg_unique_strict max min mode percent_rank
    percentile_cont percentile_disc range_agg range_intersect_agg rank regr_avgx regr_avgy
    regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop
    stddev_samp string_agg sum var_pop var_samp variance xmlagg
"""
_WINDOW = """
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
    row_number
"""
_SETS = """
    aclexplode generate_series generate_subscripts json_array_elements json_array_elements_text
    json_each json_each_text json_object_keys json_populate_recordset json_table
    json_to_recordset jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_each_text
    jsonb_object_keys jsonb_path_query jsonb_path_query_tz jsonb_populate_recordset
    jsonb_to_recordset regexp_matches regexp_split_to_table string_to_table txid_snapshot_xip
    unnest xmltable
"""
_VOLATILE = """
    array_sample array_shuffle clock_timestamp current_query currval cursor_to_xml
    cursor_to_xmlschema gen_random_uuid gen_random_bytes lastval lo_close lo_creat lo_create
    lo_export lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 lo_open lo_put lo_tell
    lo_tell64 lo_truncate lo_truncate64 lo_unlink loread lowrite nextval query_to_xml
    query_to_xml_and_xmlschema query_to_xmlschema random random_normal set_config setseed setval
    timeofday ts_rewrite ts_stat txid_status uuid_generate_v1 uuid_generate_v1mc
    uuid_generate_v4 uuidv4 uuidv7
"""
_RUN = """
    col_description current_database current_schemas current_setting database_to_xml
    get_current_ts_config getdatabaseencoding getpgusername inet_client_addr inet_client_port
    inet_server_addr inet_server_port mxid_age now obj_description row_security_active
    schema_to_xml shobj_description statement_timestamp table_to_xml transaction_timestamp
    txid_current txid_current_if_assigned txid_current_snapshot version
"""
_WORDS = """
    current_catalog current_date current_role current_schema current_time current_timestamp
    current_user localtime localtimestamp session_user system_user user
"""
_TEXT_OF_SIZES = "pg_input_error_info pg_input_is_valid pg_size_bytes pg_size_pretty pg_typeof"

AGGREGATES = frozenset(_AGGREGATES.split())
WINDOW = frozenset(_WINDOW.split())
SET_RETURNING = frozenset(_SETS.split())
CLOCK_WORDS = frozenset(_WORDS.split())  # functions that PostgreSQL calls without parentheses
_UNREPEATABLE = frozenset(_VOLATILE.split()) | frozenset(_RUN.split()) | CLOCK_WORDS
_REPEATABLE_PG = frozenset(_TEXT_OF_SIZES.split())


def is_volatile(function: str) -> bool:
    """Whether a call may differ between two runs over the same rows.

    Volatile functions, and stable ones that read the clock, the session or the catalog.
    """
    name = function.rsplit(".", 1)[-1]
    by_prefix = name.startswith(("pg_", "has_")) and name not in _REPEATABLE_PG
    return name in _UNREPEATABLE or by_prefix
