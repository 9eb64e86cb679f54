"""Clubs, books and the ids that other systems give to books; two systems swap two of them."""

from __future__ import annotations

from datetime import UTC

from integrity.mlb.legacy.clubs import CLUBS, Club
from integrity.mlb.legacy.landing import team_ids
from integrity.mlb.legacy.sheet import Draft, Row, moment

DIM_TEAMS, TEAMS = "action.dim_teams", "core_betting.teams"
BOOKS, CURATED, ACTION_BOOKS = (
    "core_betting.sportsbooks",
    "curated.sportsbooks",
    "action_network.sportsbooks",
)
EXTERNAL = "core_betting.sportsbook_external_mappings"
HEALTH = "operational.system_health_checks"
NAMES = {
    "DraftKings": "DK",
    "FanDuel": "FD",
    "BetMGM": "MGM",
    "Caesars": "CZR",
    "PointsBet": "PB",
    "Circa": "CIR",
    "bet365": "B365",
    "Fanatics": "FAN",
    "Westgate": "WG",
    "Pinnacle": "PIN",
    "BetRivers": "BR",
}
CONSENSUS, ARCHIVE = "Consensus", "SBR Archive"
ACTION_IDS = {
    15: "DraftKings",
    30: "FanDuel",
    68: "BetMGM",
    69: "Caesars",
    71: "BetRivers",
    75: "Circa",
}
SWAPPED = {15: "FanDuel", 30: "DraftKings", 69: "BetMGM"}  # what another system says they are
OTHER_NAME = {75: "Barstool"}
VSIN = {"dk": "DraftKings", "fd": "FanDuel", "mgm": "BetMGM", "czr": "Caesars"}
VSIN |= {"circa": "Circa", "wg": "Westgate"}
SBD = ("DraftKings", "FanDuel", "BetMGM", "Caesars", "bet365", "BetRivers", "Fanatics")
OTHER_TEAM_ID = ("BAL", "MIN", "SEA")  # whose Action Network id another table has wrong
FOREIGN_ABBR = {"CWS": "CHW", "WSH": "WAS"}


def fill_reference(draft: Draft) -> None:
    """Fill clubs, books, their external ids, and the health checks that no mapping reads."""
    _teams(draft)
    _books(draft)
    _external(draft)
    _health(draft)


def _teams(draft: Draft) -> None:
    ids = team_ids(draft)
    clubs = sorted(CLUBS.values(), key=lambda c: c.code)
    dim = [_team(c, ids[c.code], n) for n, c in enumerate(clubs, start=1)]
    core = [row | {"id": 31 - row["id"]} for row in dim]
    for row in dim:
        if row["abbr"] in FOREIGN_ABBR:
            row["abbr"] = FOREIGN_ABBR[row["abbr"]]
            draft.planting.add("alias_team_code", DIM_TEAMS, row["id"])
        if row["abbr"] == "OAK":
            row["full_name"] = "Athletics"
    for row in core:
        if row["abbr"] in OTHER_TEAM_ID:
            row["team_id"] += 1_000
            draft.planting.add("team_id_differs", TEAMS, row["id"])
        if row["abbr"] == "OAK":
            draft.planting.add("team_name_differs", TEAMS, row["id"])
    draft.tables[DIM_TEAMS] = dim
    draft.tables[TEAMS] = sorted(core, key=lambda r: int(r["id"]))


def _team(club: Club, team_id: int, number: int) -> Row:
    slug = club.full_name.lower().replace(". ", "-").replace(" ", "-")
    when = moment(number).replace(tzinfo=UTC)
    return {
        "id": number,
        "team_id": team_id,
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
        "created_at": when,
        "updated_at": when,
    }


def _books(draft: Draft) -> None:
    when = moment(0)
    draft.tables[BOOKS] = [
        _book(name, n) | {"supports_live_betting": True, "created_at": when.replace(tzinfo=UTC)}
        for n, name in enumerate(NAMES, start=1)
    ]
    names = [*reversed(NAMES), CONSENSUS, ARCHIVE]
    curated = [_curated(name, n) for n, name in enumerate(names, start=1)]
    for row in curated[:4]:
        row["name"] = row["name"].lower()
        draft.planting.add("book_spelling", CURATED, row["id"])
    draft.tables[CURATED] = curated
    for number, name in enumerate(NAMES, start=1):
        if names[number - 1] != name:
            draft.planting.add("overlapping_surrogates", f"{BOOKS} / {CURATED}", number)
    draft.tables[ACTION_BOOKS] = [
        _book(name, n)
        | {"book_id": book_id}
        | dict.fromkeys(("created_at", "updated_at"), when.replace(tzinfo=UTC))
        for n, (book_id, name) in enumerate(ACTION_IDS.items(), start=1)
    ]


def _book(name: str, number: int) -> Row:
    return {
        "id": number,
        "name": name,
        "display_name": name,
        "abbreviation": NAMES.get(name),
        "is_active": name != "PointsBet",
    }


def _curated(name: str, number: int) -> Row:
    when = moment(number)
    return {
        **_book(name, number),
        "supports_live_betting": name in NAMES,
        "reliability_score": 0.9,
        "website_url": None,
        "api_endpoint": None,
        "rate_limit_per_minute": 60,
        "timezone": "US/Eastern",
        "source_system": "SEED",
        "created_at": when,
        "updated_at": when,
        "migrated_at": when,
    }


def curated_books(draft: Draft) -> dict[str, int]:
    """The ids of curated.sportsbooks by canonical name."""
    return {r["display_name"]: r["id"] for r in draft.tables[CURATED]}


def _external(draft: Draft) -> None:
    ids = {r["name"]: r["id"] for r in draft.tables[BOOKS]}
    entries = [
        ("ACTION_NETWORK", str(n), OTHER_NAME.get(n, name), SWAPPED.get(n, name))
        for n, name in ACTION_IDS.items()
    ]
    entries += [("VSIN", key, name, name) for key, name in VSIN.items()]
    entries += [("SBD", name.lower(), name, name) for name in SBD]
    when = moment(0).replace(tzinfo=UTC)
    rows = [
        {
            "id": number,
            "sportsbook_id": ids[book],
            "external_source": source,
            "external_id": key,
            "external_name": name,
            "created_at": when,
            "updated_at": when,
        }
        for number, (source, key, name, book) in enumerate(entries, start=1)
    ]
    swapped = {str(n) for n in SWAPPED}
    draft.note("swapped_book_id", EXTERNAL, [r for r in rows if r["external_id"] in swapped])
    other = {str(n) for n in OTHER_NAME}
    draft.note("book_name_differs", EXTERNAL, [r for r in rows if r["external_id"] in other])
    draft.tables[EXTERNAL] = rows


def _health(draft: Draft) -> None:
    checks = ("connection", "disk", "replication", "collectors", "queue")
    draft.tables[HEALTH] = [
        {
            "id": number,
            "check_name": name,
            "check_category": "system",
            "status": "degraded" if name == "collectors" else "healthy",
            "response_time_ms": 7 * number,
            "error_message": None,
            "check_details": "{}",
            "checked_at": moment(number).replace(tzinfo=UTC),
        }
        for number, name in enumerate(checks, start=1)
    ]
