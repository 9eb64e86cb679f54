"""``pools:`` of project.yaml: connections kept for each role of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from integrity.config.contracts import open_entries
from integrity.config.nodes import Fields
from integrity.model import PoolSettings

_POOL: Final = ("min", "max", "timeout", "max_idle", "max_lifetime")
_MOST: Final = 1_000

Duration = Callable[[Fields, str], int | None]  # milliseconds


def pools(fields: Fields, duration: Duration) -> tuple[PoolSettings, ...]:
    """The pools by name. What is not said is as in ``PoolSettings``."""
    return tuple(
        _pool(fields.reader.fields(node, f"pool {name!r}", _POOL), name, duration)
        for name, _, node in open_entries(fields, "pools")
    )


def _pool(fields: Fields, name: str, duration: Duration) -> PoolSettings:
    default = PoolSettings(name=name)
    low = _whole(fields, "min", default.min, 0)
    high = _whole(fields, "max", max(default.max, low), 1)
    node = fields.get("max")
    if node is not None and high < low:
        message = f"max of {fields.what}: {high} is less than min, {low}"
        fields.reader.problem(node, message, "raise max, or lower min")
    return PoolSettings(
        name=name,
        min=low,
        max=high,
        timeout=_seconds(fields, "timeout", default.timeout, duration),
        max_idle=_seconds(fields, "max_idle", default.max_idle, duration),
        max_lifetime=_seconds(fields, "max_lifetime", default.max_lifetime, duration),
    )


def _whole(fields: Fields, key: str, default: int, low: int) -> int:
    node = fields.get(key)
    if node is None:
        return default
    return fields.reader.whole(node, fields.of(key), low=low, high=_MOST)


def _seconds(fields: Fields, key: str, default: float, duration: Duration) -> float:
    found = duration(fields, key)
    return default if found is None else found / 1_000
