-- Grants and comments of the demo's legacy database: what contracts do not hold.
-- Runs once, after the rows are in. Roles are PostgreSQL's own, so that no role is made.

grant usage on schema action, analytics, core_betting, curated, operational, staging to public;
grant select on core_betting.games, core_betting.teams, core_betting.sportsbooks to public;
grant select on curated.enhanced_games, curated.game_outcomes to public;
grant select (username, display_name, is_active) on auth.users to pg_monitor;
grant select, insert on logging.sql_operations to pg_monitor;
grant select on operational.active_strategies to pg_monitor;
grant select on staging.v_current_odds_from_historical to public;
grant usage, select on sequence logging.sql_operations_id_seq to pg_monitor;
revoke execute on function auth.revoke_user_sessions(integer, text) from public;
grant execute on function operational.collection_success_rate(text, integer) to pg_monitor;

comment on schema auth is 'Users, roles, sessions, tokens and limits';
comment on schema backup_core_betting is 'Copies of 24 July, without keys';
comment on view operational.active_strategies is 'Scripts expect a table of this name';
comment on view staging.v_pre_game_line_movements is 'The second of three views on top of each other';
comment on materialized view curated.pipeline_status_summary is 'Refreshed by curated.refresh_pipeline_status()';
comment on function auth.get_user_permissions(integer) is 'Names auth.user_permissions in its body';
comment on function core_betting.auto_resolve_sportsbook() is 'Compares the enum with a label that it lacks';
comment on type public.data_source_type is 'Where a line came from';
comment on sequence public.games_id_seq is 'Ids of public.games';
comment on index core_betting.idx_games_game_date is 'For the daily job';
comment on constraint enhanced_games_game_status_check on curated.enhanced_games is 'No completed here';
comment on trigger audit_data_quality_settings on config.data_quality_settings is 'Writes to the audit schema by its qualified name';
