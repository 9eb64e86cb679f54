# What a person does daily. `just` lists the recipes; `uv run just RECIPE` needs nothing but uv.

# Inside an environment (uv run, or an activated one) commands are called as they are.
run := if env("VIRTUAL_ENV", "") == "" { "uv run " } else { "" }

# List the recipes
default:
    @just --list --unsorted

# The whole way on a demo database: there, back, and there again
demo *ARGS:
    {{run}}integrity demo {{ARGS}}

# Lint, types and tests
test *ARGS: lint
    {{run}}pytest -n 3 --dist loadfile --no-loadscope-reorder {{ARGS}}

# ruff and mypy
lint:
    {{run}}ruff check .
    {{run}}ruff format --check .
    {{run}}mypy

# Check the YAML; print what becomes of each legacy column
validate *ARGS:
    {{run}}integrity validate {{ARGS}}

# Write the contracts of a live database to configs/legacy/
inspect *ARGS:
    {{run}}integrity inspect {{ARGS}}

# Write generated_sql/ from the YAML
compile *ARGS:
    {{run}}integrity compile {{ARGS}}

# What would run, with exact figures: the load runs and is rolled back
plan *ARGS:
    {{run}}integrity plan --data {{ARGS}}

# Run what the plan shows; asks first
apply *ARGS:
    {{run}}integrity apply {{ARGS}}

# Undo the last migration; asks first
rollback *ARGS:
    {{run}}integrity rollback {{ARGS}}

# Archive legacy, prove the archive by restoring it, drop legacy
finalize *ARGS:
    {{run}}integrity finalize {{ARGS}}

# Prove that the unified tables hold what the sources say
verify *ARGS:
    {{run}}integrity verify {{ARGS}}

# Migrations, ledger, and what was kept aside
status *ARGS:
    {{run}}integrity status {{ARGS}}

# Keep a table in step with its source: just sync orders --mode missing
sync *ARGS:
    {{run}}integrity sync {{ARGS}}

# Scores of finished games into the table that models read
sync-outcomes *ARGS:
    {{run}}integrity curated sync-outcomes {{ARGS}}

# Rows of several sources into a table: just etl run betting_splits --dry-run; just etl test
etl *ARGS:
    {{run}}integrity etl {{ARGS}}

# Pipelines at the moments of their schedules: just schedule run; just schedule list
schedule *ARGS:
    {{run}}integrity schedule {{ARGS}}

# Rejected candidates: list, show, replay
quarantine *ARGS:
    {{run}}integrity quarantine {{ARGS}}

# Rows of CSV and JSON files into a table: `just load FILE --into schema.table`
load *ARGS:
    {{run}}integrity load {{ARGS}}

# Figures beside hand-written SQL; `just bench move --json`
bench *ARGS:
    {{run}}python -m integrity.bench {{ARGS}}

# Write tests/golden/ anew; look at the difference before you commit it
golden:
    {{run}}pytest -q tests/test_golden_retailer.py --golden

# Write what the code says into docs/: the command line, the examples of the operations
docs:
    {{run}}integrity docs cli
    {{run}}python tests/operation_examples.py
