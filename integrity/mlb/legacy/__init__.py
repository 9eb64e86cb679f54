"""The demo's legacy database: 253 tables of one sport's betting data, with its known defects.

``build_legacy`` makes the tables from the contracts and fills them, with real games where the
data folder is there, else with generated ones. What it plants it counts, row by row.
"""

from integrity.mlb.legacy.build import build_legacy
from integrity.mlb.legacy.demo import HEADINGS, data_folder, demo_legacy, planting_lines
from integrity.mlb.legacy.report import Planted, PlantedRow, PlantingReport, Shows

__all__ = [
    "HEADINGS",
    "Planted",
    "PlantedRow",
    "PlantingReport",
    "Shows",
    "build_legacy",
    "data_folder",
    "demo_legacy",
    "planting_lines",
]
