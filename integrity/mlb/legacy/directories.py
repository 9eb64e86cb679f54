"""Clubs and books once more, as the later era lists them, and a third party's tracking server."""

from __future__ import annotations

from datetime import UTC

from integrity.mlb.legacy.by_rule import Place, fill_by_rule
from integrity.mlb.legacy.clubs import CLUBS
from integrity.mlb.legacy.landing import team_ids
from integrity.mlb.legacy.reference import (
    ACTION_IDS,
    EXTERNAL,
    NAMES,
    OTHER_NAME,
    SWAPPED,
    curated_books,
)
from integrity.mlb.legacy.sheet import Draft, Row, as_json, moment
from integrity.mlb.legacy.words import MODELS

TEAMS, STAGED_TEAMS = "curated.teams_master", "staging.teams"
MAPPINGS, STAGED = "curated.sportsbook_mappings", "staging.sportsbook_external_mappings"
STAGED_BOOKS = "staging.sportsbooks"
FIRST_RUN = 1_753_000_000_000  # milliseconds since 1970, as the server counts


def fill_directories(draft: Draft) -> None:
    """Fill clubs, books, their external ids, and the tables of the tracking server."""
    _teams(draft)
    _books(draft)
    _mappings(draft)
    _server(draft)


def _teams(draft: Draft) -> None:
    clubs = sorted(CLUBS.values(), key=lambda c: c.nickname)
    ids = team_ids(draft)
    stamps = {r["team_id"]: r["created_at"] for r in draft.tables["action.dim_teams"]}

    def more(place: Place) -> Row:
        club = clubs[place.number - 1]
        stamp = stamps[ids[club.code]]
        slug = club.full_name.lower().replace(". ", "-").replace(" ", "-")
        return {
            "team_id": ids[club.code],
            "full_name": club.full_name,
            "display_name": club.nickname,
            "short_name": club.nickname,
            "location": club.city,
            "abbr": club.code,
            "logo": f"{slug}.png",
            "primary_color": "1A2B3C",
            "secondary_color": "D4E5F6",
            "conference_type": club.league,
            "division_type": club.division,
            "url_slug": slug,
            "action_network_id": ids[club.code],
            "action_network_data": as_json({"abbr": club.code}),
            "source_system": "SEED",
            "is_active": True,
            "team_abbreviation": club.code,
            "team_name": club.full_name,
            "created_at": stamp,
            "updated_at": stamp,
            "city": club.city,
            "league": club.league,
            "division": club.division,
        }

    rows = fill_by_rule(draft, TEAMS, len(clubs), more)
    for row in rows:
        row |= {name: row[name].replace(tzinfo=None) for name in ("created_at", "updated_at")}
    fill_by_rule(draft, STAGED_TEAMS, len(clubs), more)


def _books(draft: Draft) -> None:
    names = list(reversed(NAMES))

    def more(place: Place) -> Row:
        name = names[place.number - 1]
        return {
            "sportsbook_name": name.lower() if place.number < 5 else name,
            "display_name": name,
            "is_active": name != "PointsBet",
            **dict.fromkeys(("created_at", "updated_at"), moment(0).replace(tzinfo=UTC)),
        }

    rows = fill_by_rule(draft, STAGED_BOOKS, len(names), more)
    draft.note("book_spelling", STAGED_BOOKS, rows[:4])


def _mappings(draft: Draft) -> None:
    """The external ids under two more keys; the staged ones name the books as Action Network."""
    known = draft.tables[EXTERNAL]
    books = {r["id"]: r["name"] for r in draft.tables["core_betting.sportsbooks"]}
    ids = curated_books(draft)
    stamp = moment(0)

    def curated(place: Place) -> Row:
        row = known[place.number - 1]
        return {
            "sportsbook_id": ids[books[row["sportsbook_id"]]],
            "external_source": row["external_source"],
            "external_sportsbook_id": row["external_id"],
            "external_sportsbook_name": row["external_name"],
            "mapping_confidence": 1,
            "validation_status": "valid",
            "source_system": "SEED",
            **dict.fromkeys(("created_at", "updated_at", "migrated_at"), stamp),
        }

    def staged(place: Place) -> Row:
        row = known[place.number - 1]
        name = books[row["sportsbook_id"]]
        if row["external_source"] == "ACTION_NETWORK":
            name = ACTION_IDS[int(row["external_id"])]
        return {
            "sportsbook_name": name,
            "external_source": row["external_source"].lower(),
            "external_id": row["external_id"],
            "mapping_confidence": 1,
            "is_active": True,
        }

    rows = fill_by_rule(draft, MAPPINGS, len(known), curated)
    for code, ids_of_code in (("swapped_book_id", SWAPPED), ("book_name_differs", OTHER_NAME)):
        named = {str(n) for n in ids_of_code}
        draft.note(code, MAPPINGS, [r for r in rows if r["external_sportsbook_id"] in named])
    draft.note("same_mapping", MAPPINGS, rows)
    draft.note("same_mapping", STAGED, fill_by_rule(draft, STAGED, len(known), staged))


def _server(draft: Draft) -> None:
    """Experiments, runs and models as a tracking server of a third party keeps them."""
    stages = ("None", "Staging", "Production")

    def more(place: Place) -> Row:
        number = place.number
        run = f"{number * 7_919:032x}"
        return {
            "experiment_id": 700 + number if number <= 6 else 701,
            "name": f"{MODELS[number % 4]} {number}",
            "lifecycle_stage": "active",
            "artifact_location": f"s3://tracking.invalid/{number}",
            "creation_time": FIRST_RUN + number,
            "last_update_time": FIRST_RUN + number,
            "last_updated_time": FIRST_RUN + number,
            "run_uuid": run,
            "run_id": run,
            "key": f"accuracy_{number}",
            "value": "0.53",
            "timestamp": FIRST_RUN + number,
            "step": 0,
            "is_nan": False,
            "version": 1,
            "current_stage": stages[number % 3],
            "status": "FINISHED",
            "start_time": FIRST_RUN + number,
            "end_time": FIRST_RUN + 9 * number,
            "deleted_time": None,
            "source_type": "LOCAL",
        }

    for table, count in (("experiments", 6), ("runs", 24), ("metrics", 24), ("params", 24)):
        fill_by_rule(draft, f"public.{table}", count, more)
    for table, count in (("tags", 24), ("registered_models", 4), ("model_versions", 4)):
        fill_by_rule(draft, f"public.{table}", count, more)
