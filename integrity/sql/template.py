"""The door to Jinja: SQL templates, one file per statement, that cannot quote wrongly.

An undefined value is an error, and names and values pass the filters of ``integrity.sql.quote``:
``ident``, ``idents``, ``qualified``, ``literal``, ``dollar``. ``lines`` lays out a list, one item
on each line: ``{{ columns | map("ident") | lines(4) }}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from integrity.sql import quote
from integrity.sql.scan import indented

if TYPE_CHECKING:
    from jinja2 import Environment

_PACKAGE = Path(__file__).resolve().parent.parent


def render(template: str, **values: object) -> str:
    """The text of ``templates/<template>``, as in ``load_mapping.candidates.sql``.

    Raises jinja2's UndefinedError for a value the template names and the caller did not give.
    """
    return _environment().get_template(template).render(**values)


def render_page(
    template: str,
    *,
    show: Callable[[str], str],
    filters: Mapping[str, Callable[..., object]],
    **values: object,
) -> str:
    """An HTML page from ``templates/<template>``: every text passes ``show`` and is escaped.

    Only ``| safe`` in a template lets a text through as it is.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    def final(value: object) -> object:
        return value if hasattr(value, "__html__") else show(str(value))

    environment = Environment(
        loader=FileSystemLoader(directory()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
        finalize=final,
    )
    environment.filters.update(filters)
    return environment.get_template(template).render(**values)


def lines(items: Iterable[str], indent: int = 4, separator: str = ",") -> str:
    """``items`` one per line; lines after the first begin with ``indent`` blanks.

    An item of several lines keeps its shape: it moves right as a whole, its strings unchanged.
    """
    return f"{separator}\n{' ' * indent}".join(indented(item, indent) for item in items)


def directory() -> Path:
    """Where the templates are: inside the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(directory()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,
        auto_reload=False,
    )
    environment.filters.update(
        ident=quote.ident,
        idents=quote.idents,
        qualified=quote.qualified,
        literal=quote.literal,
        dollar=quote.dollar,
        indented=indented,
        lines=lines,
    )
    return environment
