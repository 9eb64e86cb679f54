"""A plan of realistic size and figures: 8 unified tables from 26 legacy tables.

The figures balance. ``hostile_plan`` is the same plan with names and values meant to break pages.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from integrity.model import Hazard, Migration, Name, Slices, Stage, StageKind, Statement, Step
from integrity.plan.hazards import collect, of_redirected, of_unmanaged
from integrity.plan.model import (
    ColumnLabel,
    ConflictGroup,
    Dependent,
    Example,
    LedgerLine,
    MappingProfile,
    MappingSummary,
    Plan,
    Redirected,
    RejectGroup,
    SchemaChange,
    Target,
)
from integrity.plan.verdict import by_source

# unified table -> source -> arm -> candidates, merged, quarantined, dropped, empty
FIGURES: dict[str, dict[str, dict[str, tuple[int, int, int, int, int]]]] = {
    "core_betting.teams": {
        "core_betting.teams": {"": (30, 0, 0, 0, 0)},
        "action.dim_teams": {"": (30, 30, 0, 0, 0)},
    },
    "core_betting.sportsbooks": {
        "core_betting.sportsbooks": {"": (11, 0, 0, 0, 0)},
        "action_network.sportsbooks": {"": (6, 4, 2, 0, 0)},
    },
    "core_betting.sportsbook_mappings": {
        "core_betting.sportsbook_external_mappings": {"": (19, 0, 2, 0, 0)},
    },
    "core_betting.games": {
        "public.games": {"": (9718, 0, 0, 0, 0)},
        "core_betting.games": {"": (3186, 3165, 17, 4, 0)},
        "curated.games_complete": {"": (1624, 1490, 0, 0, 0)},
        "curated.enhanced_games": {"": (1391, 1391, 0, 0, 0)},
        "core_betting.supplementary_games": {"": (252, 249, 3, 0, 0)},
        "splits.games": {"": (252, 239, 3, 10, 0)},
        "action.fact_games": {"": (115, 112, 3, 0, 0)},
    },
    "core_betting.game_id_mappings": {
        "curated.games_complete": {"": (1624, 0, 0, 0, 0)},
        "action.fact_games": {"": (115, 112, 3, 0, 0)},
        "curated.game_id_mappings": {"": (1390, 1387, 3, 0, 0)},
    },
    "core_betting.enhanced_games": {
        "curated.enhanced_games": {"": (1391, 0, 0, 0, 0)},
    },
    "core_betting.game_outcomes": {
        "public.game_outcomes": {"": (9691, 0, 11, 10, 0)},
        "core_betting.game_outcomes": {"": (1465, 1459, 6, 0, 0)},
        "curated.game_outcomes": {"": (1577, 1471, 12, 0, 0)},
    },
    "core_betting.betting_lines": {
        "mlb_betting.moneyline": {
            "home_opening": (8835, 0, 31, 20, 212),
            "home_closing": (8835, 0, 44, 20, 118),
            "away_opening": (8835, 0, 31, 20, 212),
            "away_closing": (8835, 0, 44, 20, 118),
        },
        "mlb_betting.spreads": {
            "home_opening": (9595, 0, 60, 0, 1020),
            "home_closing": (9595, 0, 66, 0, 41),
            "away_opening": (9595, 0, 60, 0, 1020),
            "away_closing": (9595, 0, 66, 0, 41),
        },
        "mlb_betting.totals": {
            "over_closing": (7875, 0, 27, 0, 96),
            "under_closing": (7875, 0, 27, 0, 96),
        },
        "core_betting.betting_lines_moneyline": {
            "home_closing": (12410, 8701, 430, 20, 0),
            "away_closing": (12410, 8701, 430, 20, 0),
        },
        "core_betting.betting_lines_spread": {
            "home_closing": (3360, 3011, 40, 0, 12),
            "away_closing": (3360, 3011, 40, 0, 12),
        },
        "core_betting.betting_lines_totals": {
            "over_closing": (10568, 7701, 204, 0, 30),
            "under_closing": (10568, 7701, 204, 0, 30),
        },
        "curated.betting_lines_unified": {"": (7930, 1121, 1190, 0, 0)},
        "staging.moneylines": {"home": (884, 800, 14, 0, 0), "away": (884, 800, 14, 0, 0)},
        "staging.spreads": {"home": (1057, 901, 22, 0, 0), "away": (1057, 901, 22, 0, 0)},
        "staging.totals": {"over": (884, 795, 9, 0, 0), "under": (884, 795, 9, 0, 0)},
    },
}

_REASONS = (
    ("lookup-none", "sportsbook_id", "lookup core_betting.sportsbooks by name", 0.6),
    ("lookup-many", "game_id", "lookup core_betting.games by teams and start", 0.25),
    ("cast", "price", "nullif(trim(odds_text), '')::integer", 0.15),
)
_VALUES = ("Barstool", "2023-08-12 BOS@NYY, two games", "EVEN")


def _name(text: str) -> Name:
    schema, name = text.split(".", 1)
    return Name(schema, name)


def _ledger(table: str) -> tuple[LedgerLine, ...]:
    lines = []
    for source, arms in FIGURES[table].items():
        for arm, (candidates, merged, quarantined, dropped, empty) in arms.items():
            line = LedgerLine(
                source=source,
                arm=arm,
                candidates=candidates,
                merged=merged,
                quarantined=quarantined,
                dropped=dropped,
                empty=empty,
            )
            lines.append(replace(line, inserted=line.open))
    if table == "core_betting.enhanced_games":
        lines = [replace(line, inserted=0, moved=line.candidates) for line in lines]
    return tuple(lines)


def _examples(source: str, arm: str, value: str, count: int) -> tuple[Example, ...]:
    return tuple(
        Example(source=source, source_key=f"{4711 + 13 * at}", arm=arm, value=value)
        for at in range(min(3, count))
    )


def _rejects(table: str) -> tuple[RejectGroup, ...]:
    groups = []
    for line in by_source(_ledger(table)):
        rest = line.quarantined
        for (reason, column, expression, share), value in zip(_REASONS, _VALUES, strict=True):
            count = rest if reason == "cast" else min(rest, round(line.quarantined * share))
            rest -= count
            if count:
                groups.append(
                    RejectGroup(
                        source=line.source,
                        reason=reason,
                        column=column,
                        expression=expression,
                        count=count,
                        examples=_examples(
                            line.source, next(iter(FIGURES[table][line.source])), value, count
                        ),
                    )
                )
    return tuple(groups)


def _conflicts(table: str) -> tuple[ConflictGroup, ...]:
    if table == "core_betting.games":
        return (
            _conflict("venue", 412, "Guaranteed Rate Field", "Rate Field", "core_betting.games"),
            _conflict("home_score", 3, "5", "6", "curated.games_complete"),
        )
    if table == "core_betting.betting_lines":
        return (_conflict("price", 1288, "-118", "-120", "core_betting.betting_lines_moneyline"),)
    return ()


def _conflict(column: str, count: int, value: str, survived: str, source: str) -> ConflictGroup:
    examples = tuple(
        Example(
            source=source,
            source_key=str(900 + at),
            arm="home_closing" if column == "price" else "",
            value=value,
            survived=survived,
            survived_from="public.games" if column != "price" else "mlb_betting.moneyline",
        )
        for at in range(3)
    )
    return ConflictGroup(column=column, count=count, examples=examples)


def _labels(table: str) -> tuple[ColumnLabel, ...]:
    labels = []
    for source, arms in FIGURES[table].items():
        arm = next(iter(arms))
        made = (
            ("game_id", "crosswalk public.games by game_id", ("game_id",), "exact", ""),
            ("observed_at", "odds_timestamp", ("odds_timestamp",), "exact", ""),
            (
                "price",
                "nullif(trim(odds_text), '')::integer",
                ("odds_text",),
                "lossy",
                "blanks around the number are lost",
            ),
            (
                "sportsbook_id",
                "lookup core_betting.sportsbooks by book_name(sportsbook)",
                ("sportsbook",),
                "one-way",
                "several spellings give one book",
            ),
        )
        labels += [
            ColumnLabel(
                column=column,
                source=_name(source),
                arm=arm,
                expression=expression,
                reads=reads,
                label=label,
                reason=reason,
            )
            for column, expression, reads, label, reason in made
        ]
    return tuple(labels)


def _summary(table: str) -> MappingSummary:
    sources = tuple(map(_name, FIGURES[table]))
    file = table.partition(".")[2]
    return MappingSummary(
        table=_name(table),
        sources=sources,
        write_back=sources[0] if len(sources) > 1 else None,
        match=(("mlb_game_pk",), ("home_team_id", "away_team_id", "start_time")),
        survivorship=f"by column, preferring {', '.join(map(str, sources))}",
        max_reject_share=0.15,
        labels=_labels(table),
        place=f"configs/mappings/{file}.yaml:1:1",
    )


def _profile(table: str) -> MappingProfile:
    return MappingProfile(
        table=_name(table),
        ledger=_ledger(table),
        rejects=_rejects(table),
        conflicts=_conflicts(table),
        seconds=0.2 + len(FIGURES[table]) * 0.31,
    )


def _step(name: str, title: str, *statements: Statement, **more: object) -> Step:
    why = "Readers must never see a table that is half built."
    fields = {"why": why, "undo": "The rollback file drops what the step made.", **more}
    return Step(id=name, title=title, statements=statements, **fields)  # type: ignore[arg-type]


def _load(table: str) -> Step:
    short = table.partition(".")[2]
    sql = (
        f"insert into core_betting__next.{short} (game_id, price, observed_at)\n"
        f"select game_id, price, observed_at\nfrom integrity_work.core_betting__{short}__winners\n"
        "where seq > 0  -- one row each, in the declared order"
    )
    return _step(
        f"load-{short}",
        f"Load {table}",
        Statement(sql=sql, slices=Slices(sql=sql, bounds="select 1, 2")),
        after=(f"match-{short}",),
        table=_name(table),
    )


def _stages() -> tuple[Stage, ...]:
    sources = sorted({source for one in FIGURES.values() for source in one})
    freeze = tuple(
        Statement(
            sql=f"create trigger integrity_freeze\nbefore insert or update or delete or truncate "
            f"on {source}\nfor each statement execute function "
            "operational.integrity_refuse_write('013')",
            lock=f"SHARE ROW EXCLUSIVE on {source}",
            hazards=(Hazard("writes-blocked", source),),
        )
        for source in sources
    )
    creates = [
        _step(
            f"create-{table.partition('.')[2]}",
            f"Create {table} beside legacy",
            Statement(
                sql=f"create table core_betting__next.{table.partition('.')[2]} (\n"
                "    game_id bigint not null,\n    price integer,\n"
                "    observed_at timestamp with time zone not null\n)"
            ),
            table=_name(table),
        )
        for table in FIGURES
    ]
    index = Statement(
        sql="create unique index betting_lines_key\n"
        "on core_betting__next.betting_lines (game_id, price)"
    )
    parked = ("games", "game_outcomes", "teams", "sportsbooks")
    switch = [
        Statement(
            sql=f"alter table core_betting.{name} set schema core_betting__legacy",
            lock=f"ACCESS EXCLUSIVE on core_betting.{name}",
            hazards=(
                Hazard("table-parked", f"core_betting.{name}"),
                Hazard("rewrites-table", f"core_betting.{name}"),
            ),
        )
        for name in parked
    ]
    return (
        Stage(
            kind=StageKind.PREPARE,
            steps=(
                _step(
                    "toolkit-tables",
                    "Create the toolkit's own tables",
                    Statement(sql="create schema if not exists operational"),
                ),
                _step("freeze", "Refuse writes to the sources", *freeze, after=("toolkit-tables",)),
            ),
        ),
        Stage(kind=StageKind.CREATE, steps=tuple(creates)),
        Stage(kind=StageKind.LOAD, steps=tuple(map(_load, FIGURES))),
        Stage(
            kind=StageKind.CONSTRAIN, steps=(_step("index-lines", "Add the natural key", index),)
        ),
        Stage(
            kind=StageKind.VERIFY,
            steps=(
                _step("verify-games", "Compare rows with the sources", Statement(sql="select 1")),
            ),
        ),
        Stage(
            kind=StageKind.SWITCH,
            steps=(
                _step(
                    "switch",
                    "Give the unified tables their names",
                    *switch,
                    loses="values of one-way columns written after the switch",
                ),
            ),
        ),
    )


def _migrations() -> tuple[Migration, ...]:
    undo = _step("drop-next", "Drop what was built", Statement(sql="drop schema x cascade"))
    rollback = (Stage(kind=StageKind.SWITCH, steps=(undo,)),)
    later = Stage(
        kind=StageKind.CONSTRAIN,
        steps=(
            _step(
                "index-lines-by-time",
                "Index betting_lines by time",
                Statement(
                    sql="create index concurrently betting_lines_time_idx\n"
                    "on core_betting.betting_lines (observed_at desc)",
                    lock="SHARE UPDATE EXCLUSIVE on core_betting.betting_lines",
                    transactional=False,
                ),
            ),
        ),
    )
    return (
        Migration(
            number=13, name="unified_schema_consolidation", stages=_stages(), rollback=rollback
        ),
        Migration(number=14, name="performance_optimization", stages=(later,), rollback=(later,)),
    )


def _redirected() -> tuple[Redirected, ...]:
    return (
        Redirected(
            kind="function",
            name="curated.trigger_ml_features_on_game_completion()",
            names=("core_betting.games",),
            effect="will mean the unified core_betting.games",
        ),
        Redirected(
            kind="view",
            name="analytics.unified_betting_lines",
            names=("core_betting.betting_lines_moneyline", "core_betting.games"),
            effect="goes on reading the old rows, in core_betting__legacy.games",
        ),
    )


def _dependents() -> tuple[Dependent, ...]:
    games = ("core_betting.games",)
    return (
        Dependent(
            kind="view",
            name="analytics.unified_betting_lines",
            on=("core_betting.betting_lines_moneyline", "core_betting.games"),
            rule="recreate",
            detail="analytics.unified_lines stands for it",
            place="configs/dependents/lines.yaml:4:5",
        ),
        Dependent(
            kind="trigger", name="core_betting.games.touch", on=games, rule="go",
            detail="it goes with core_betting.games",
        ),
    )  # fmt: skip


def _changes() -> tuple[SchemaChange, ...]:
    made = [SchemaChange(verb="create", kind="table", name=table) for table in FIGURES]
    parked = [
        SchemaChange(
            verb="park",
            kind="table",
            name=f"core_betting.{name}",
            detail=f"to core_betting__legacy.{name}",
        )
        for name in ("games", "game_outcomes", "teams", "sportsbooks")
    ]
    key = SchemaChange(
        verb="create",
        kind="foreign key",
        name="core_betting.betting_lines_game_id_fkey",
        detail="(game_id) references core_betting.games (game_id)",
    )
    return (*made, *parked, key)


def example_plan() -> Plan:
    """The plan as ``plan --data`` would make it."""
    migrations = _migrations()
    unmanaged = ("policy curated.enhanced_games.readers", "extension pgcrypto")
    hazards = (
        *collect(migrations),
        *of_redirected(_redirected(), step="013/switch"),
        *of_unmanaged(unmanaged, step="013/switch"),
    )
    parts = tuple(
        (part, sha256(part.encode()).hexdigest())
        for part in ("yaml", "sql", "catalog", "server", "tool")
    )
    return Plan(
        project="mlb",
        tool_version="0.1.0",
        target=Target(
            system_identifier="7441112223334445556", database="mlb_betting", server_version=180003
        ),
        migrations=migrations,
        changes=_changes(),
        mappings=tuple(map(_summary, FIGURES)),
        hazards=hazards,
        redirected=_redirected(),
        dependents=_dependents(),
        grants_lost=("reader: select on core_betting.games",),
        drift=(),
        unmanaged=unmanaged,
        parts=parts,
        hash=sha256(b"plan").hexdigest(),
        profiles=tuple(map(_profile, FIGURES)),
    )


HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "'--;`|*_{{7*7}}{% raw %}",
    "\u202egnp.exe\u2066 \u200bzero \x1b[31mred \x00nul",
    "</title></style><style>*{display:none}</style>",
    "line one\nline two\r\n# heading\n| a | b |",
)


def hostile_plan() -> Plan:
    """The plan with hostile text wherever a name or a value of a database can stand."""
    plan = example_plan()
    bad = " ".join(HOSTILE)
    example = Example(
        source=bad, source_key=bad, arm=bad, value=bad, survived=bad, survived_from=bad
    )
    reject = RejectGroup(
        source=bad, reason="cast", column=bad, expression=bad, count=1, examples=(example,)
    )
    line = LedgerLine(source=bad, arm=bad, candidates=10, inserted=9, quarantined=1)
    profile = MappingProfile(
        table=Name(bad, bad),
        ledger=(line,),
        rejects=(reject,),
        conflicts=(ConflictGroup(column=bad, count=1, examples=(example,)),),
        seconds=0.1,
    )
    label = ColumnLabel(
        column=bad,
        source=Name(bad, bad),
        arm=bad,
        expression=bad,
        reads=(bad,),
        label="lossy",
        reason=bad,
    )
    summary = MappingSummary(
        table=Name(bad, bad),
        sources=(Name(bad, bad),),
        write_back=None,
        match=((bad,),),
        survivorship=bad,
        max_reject_share=1.0,
        labels=(label,),
        place=bad,
    )
    step = _step("x" + bad, bad, Statement(sql=bad, lock=bad), why=bad, undo=bad, loses=bad)
    migration = Migration(
        number=13,
        name=bad,
        stages=(Stage(kind=StageKind.LOAD, steps=(step,)),),
        rollback=(),
    )
    return replace(
        plan,
        project=bad,
        target=replace(plan.target, database=bad),
        migrations=(migration,),
        changes=(SchemaChange(verb="create", kind="table", name=bad, detail=bad),),
        mappings=(summary,),
        profiles=(profile,),
        hazards=collect((migration,)),
        redirected=(Redirected(kind="view", name=bad, names=(bad,), effect=bad),),
        dependents=(
            Dependent(kind="view", name=bad, on=(bad,), rule="unexplained", detail=bad, place=bad),
        ),
        grants_lost=(bad,),
        drift=(bad,),
        unmanaged=(bad,),
    )
