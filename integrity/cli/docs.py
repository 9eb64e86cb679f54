"""``integrity docs cli``: the reference of the command line, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

HEAD = """# Command line

Made by `integrity docs cli` from the commands. Do not edit.

Results go to stdout, progress and errors to stderr. [Exit codes](exit-codes.md).
"""


@click.group(hidden=True)
def docs() -> None:
    """Documentation that is made from the code."""


@docs.command("cli")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("docs/cli.md"))
def cli_(*, out: Path) -> None:
    """Write the reference of the command line."""
    from integrity.cli.plan import write

    write(out, reference())
    print(f"written: {out}")


def reference() -> str:
    """The whole reference as Markdown."""
    from integrity.cli.main import cli

    context = click.Context(cli, info_name="integrity")
    return HEAD + "".join(_section(cli, context))


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## {context.command_path}\n\n"
    yield f"    {' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n"
    if command.help:
        yield f"\n{_paragraphs(command.help)}\n"
    if rows := [_row(parameter, context) for parameter in command.params]:
        yield "\n| Option | Meaning |\n| --- | --- |\n" + "".join(filter(None, rows))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _section(inner, click.Context(inner, info_name=name, parent=context))


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _row(parameter: click.Parameter, context: click.Context) -> str:
    record = parameter.get_help_record(context)
    if record is None:
        return ""
    option, meaning = (part.replace("|", "\\|") for part in record)
    return f"| `{option}` | {meaning} |\n"
