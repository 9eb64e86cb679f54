"""integrity: declarative migrations and checks for PostgreSQL, written in YAML.

The rooms, in the order data goes through them, are listed in ARCHITECTURE.md.
"""

__version__ = "0.1.0"
