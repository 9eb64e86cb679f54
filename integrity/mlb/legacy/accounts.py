"""auth, config and audit: users who were created by users, roles under roles, sessions, tokens."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from integrity.mlb.legacy.by_rule import STARTED, Place, fill_by_rule
from integrity.mlb.legacy.sheet import Draft, Row, as_json

USERS, ROLES, SESSIONS = "auth.users", "auth.roles", "auth.sessions"
ROLE_NAMES = ("superadmin", "admin", "analyst", "trader", "viewer", "service", "auditor", "guest")
PARENTS = {"admin": 1, "analyst": 2, "trader": 3, "viewer": 3, "auditor": 2, "guest": 5}
SETTINGS = {
    "minimum_quality_score": 0.7,
    "high_quality_score": 0.9,
    "minimum_coverage": 0.8,
    "freshness_hours_share": 0.5,
    "sharp_score_weight": 0.25,
    "line_score_weight": 0.25,
    "outcome_match_rate": 0.9,
}
UNTIDY, LOCKED = 4, 2


def fill_accounts(draft: Draft) -> None:
    """Fill the eighteen tables of auth, the settings and the log of their changes."""
    _roles(draft)
    _users(draft)
    _sessions(draft)
    _tokens(draft)
    _limits(draft)
    _settings(draft)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _roles(draft: Draft) -> None:
    """Roles whose parents stand before them, but for one that points ahead."""

    def more(place: Place) -> Row:
        name = ROLE_NAMES[place.number - 1]
        return {
            "name": name,
            "display_name": name.title(),
            "permissions": as_json({f"{name}.read": True, f"{name}.write": place.number < 5}),
            "parent_role_id": PARENTS.get(name),
        }

    rows = fill_by_rule(draft, ROLES, len(ROLE_NAMES), more)
    rows[5]["parent_role_id"] = 7
    draft.note("parent_ahead", ROLES, [rows[5]])
    draft.note("own_parent", ROLES, [r for r in rows if r["parent_role_id"]])


def _users(draft: Draft) -> None:
    def more(place: Place) -> Row:
        name = f"user{place.number:02}"
        untidy = place.number in range(5, 5 + UNTIDY)
        return {
            "username": name,
            "email": f"{name}@example.org" if not untidy else f" {name.title()}@Example.ORG",
            "password_hash": _hash(name),
            "password_salt": _hash(f"salt {name}")[:32],
            "first_name": "User",
            "last_name": f"No {place.number}",
            "display_name": f"User {place.number}",
            "mfa_secret_encrypted": _hash(f"mfa {name}") if place.number % 3 == 0 else None,
            "mfa_secret_iv": _hash(f"iv {name}")[:32] if place.number % 3 == 0 else None,
            "is_locked": place.number <= LOCKED,
            "failed_login_attempts": 10 if place.number <= LOCKED else 0,
            "created_by": None if place.number == 1 else 1 + place.number // 4,
        }

    rows = fill_by_rule(draft, USERS, 25, more)
    rows[2]["created_by"] = 20
    draft.note("parent_ahead", USERS, [rows[2]])
    draft.note("own_parent", USERS, [r for r in rows if r["created_by"]])
    untidy = [r for r in rows if r["email"] != r["email"].strip().lower()]
    draft.note("untidy_email", USERS, untidy)


def _sessions(draft: Draft) -> None:
    def session(place: Place) -> Row:
        ended = place.number % 4 == 0
        return {
            "revoked_at": STARTED + timedelta(hours=place.number) if ended else None,
            "revoked_by": 1 if ended else None,
            "revoked_reason": "signed out" if ended else None,
            "is_active": not ended,
            "location_country": "US",
        }

    rows = fill_by_rule(draft, SESSIONS, 60, session)
    draft.tables["auth.user_roles"] = _user_roles(len(draft.tables[USERS]))
    ids = [r["session_id"] for r in rows]

    def event(place: Place) -> Row:
        known = place.number % 5 > 0
        return {
            "session_id": ids[place.number % len(ids)] if known else None,
            "user_id": rows[place.number % len(ids)]["user_id"] if known else None,
            "risk_score": place.number % 100,
        }

    fill_by_rule(draft, "auth.audit_log", 200, event)
    users = len(draft.tables[USERS])
    one_each = lambda p: {"user_id": p.number}  # noqa: E731
    fill_by_rule(draft, "auth.user_preferences", users, one_each)
    fill_by_rule(draft, "auth.password_history", 40)


def _user_roles(users: int) -> list[Row]:
    stamp = STARTED
    return [
        {
            "id": n,
            "user_id": 1 + (n - 1) % users,
            "role_id": 1 + n % len(ROLE_NAMES),
            "assigned_by": 1,
            "assigned_at": stamp,
            "effective_from": stamp + timedelta(minutes=n),
            "effective_until": None,
            "is_active": n % 9 > 0,
        }
        for n in range(1, users + 11)
    ]


def _tokens(draft: Draft) -> None:
    sessions = draft.tables[SESSIONS]

    def token(place: Place) -> Row:
        session = sessions[place.number % len(sessions)]
        return {
            "user_id": session["user_id"],
            "session_id": session["session_id"],
            "token_hash": _hash(f"token {place.number}"),
            "key_hash": _hash(f"key {place.number}"),
            "key_prefix": f"k{place.number:03}",
            "email": f"user{session['user_id']:02}@example.org",
            "revoked_at": None,
            "revoked_by": None,
        }

    fill_by_rule(draft, "auth.jwt_tokens", 120, token)
    fill_by_rule(draft, "auth.api_keys", 12, token)
    fill_by_rule(draft, "auth.email_verification_tokens", 25, token)
    fill_by_rule(draft, "auth.password_reset_tokens", 9, token)


def _limits(draft: Draft) -> None:
    names = ("login", "api", "export", "refresh", "admin", "public")

    def rule(place: Place) -> Row:
        number = place.number - 1
        return {
            "rule_name": names[number % len(names)],
            "cache_key": f"{names[number % len(names)]}:10.0.0.{place.number}",
            "identifier": f"10.0.0.{place.number}",
            "stat_date": date(2025, 8, 1) + timedelta(days=number % 20),
            "config_key": f"auth.setting_{place.number}",
            "config_value": str(place.number * 5),
        }

    for table, count in (
        ("rate_limit_rules", len(names)),
        ("rate_limit_buckets", 15),
        ("rate_limit_penalties", 4),
        ("rate_limit_requests", 150),
        ("rate_limit_stats", 40),
        ("rate_limit_windows", 20),
        ("security_config", 10),
    ):
        fill_by_rule(draft, f"auth.{table}", count, rule)


def _settings(draft: Draft) -> None:
    """The settings as they are, and each change that a trigger logged."""
    names = list(SETTINGS)

    def setting(place: Place) -> Row:
        name = names[(place.number - 1) % len(names)]
        again = place.number > len(names)
        return {
            "setting_name": name,
            "setting_value": SETTINGS[name],
            "old_value": 0.5 if again else None,
            "new_value": SETTINGS[name] if again else 0.5,
            "reason": "changed" if again else "created",
        }

    fill_by_rule(draft, "config.data_quality_settings", len(names), setting)
    fill_by_rule(draft, "audit.data_quality_config_changes", len(names) + 2, setting)
