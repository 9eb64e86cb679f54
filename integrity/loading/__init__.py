"""Rows that enter from outside: CSV and JSON files into one table, every row accounted for."""

from integrity.loading.ledger import LoadedFile, list_loads
from integrity.loading.model import Figures, Options, Outcome
from integrity.loading.run import load

__all__ = ["Figures", "LoadedFile", "Options", "Outcome", "list_loads", "load"]
