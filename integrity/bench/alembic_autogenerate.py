"""Run by the interpreter that has alembic: prints the seconds that autogenerate's comparison takes.

Arguments: URL of the database, URL of one with the models' tables, the schemas as a JSON list.
"""

import json
import sys
from time import monotonic


def main(legacy: str, unified: str, schemas: list[str]) -> None:
    """Models are reflected before the clock starts: a project has them in Python."""
    import importlib

    sqlalchemy = importlib.import_module("sqlalchemy")
    psycopg = importlib.import_module("psycopg")
    migration = importlib.import_module("alembic.migration")
    autogenerate = importlib.import_module("alembic.autogenerate")

    def engine(url: str) -> object:
        return sqlalchemy.create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(url)
        )

    metadata = sqlalchemy.MetaData()
    for schema in schemas:
        metadata.reflect(engine(unified), schema=schema)
    with engine(legacy).connect() as conn:  # type: ignore[attr-defined]
        context = migration.MigrationContext.configure(conn, opts={"include_schemas": True})
        begin = monotonic()
        autogenerate.produce_migrations(context, metadata)
        print(monotonic() - begin)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
