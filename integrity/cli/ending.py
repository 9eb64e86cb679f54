"""How a command ends: every error becomes a message, a hint and a documented exit code."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from integrity.errors import ConfigFailure, Exit, Failure

REPORT = "this is a defect of integrity: report it with the output of the same command and"


def run(command: click.Command, args: list[str] | None = None) -> NoReturn:
    """Run the command and exit. Never shows a traceback unless --traceback is given."""
    given = sys.argv[1:] if args is None else args
    as_json, traceback = "--json" in given, "--traceback" in given
    try:
        code = command.main(args=given, prog_name="integrity", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort:
        _end(Exit.INTERRUPTED, "stopped", "", as_json=as_json)
    except click.ClickException as error:
        _end(Exit.USAGE, _usage(error), _usage_hint(error), as_json=as_json)
    except Failure as failure:
        _traceback(wanted=traceback)
        _fail(failure, as_json=as_json)
    except KeyboardInterrupt:
        hint = "run the same command again to go on"
        _end(Exit.INTERRUPTED, "stopped by Ctrl-C", hint, as_json=as_json)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _exit(Exit.OK)
    except Exception as error:
        _traceback(wanted=traceback)
        message = " ".join(f"{type(error).__name__}: {error}".split())
        _end(Exit.DEFECT, f"unexpected {message}", f"{REPORT} --traceback", as_json=as_json)
    _exit(code if isinstance(code, int) else Exit.OK)


def _usage(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    return message[:1].lower() + message[1:]


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"see `{context.command_path if context else 'integrity'} --help`"


def _fail(failure: Failure, *, as_json: bool) -> NoReturn:
    if not isinstance(failure, ConfigFailure):
        _end(failure.exit_code, failure.message, failure.hint, as_json=as_json)
    for problem in failure.problems:
        print(problem, file=sys.stderr)
    summary = failure.message.splitlines()[-1]
    problems = [
        {"place": str(one.location), "message": one.message, "hint": one.hint}
        for one in failure.problems
    ]
    _end(failure.exit_code, summary, failure.hint, as_json=as_json, problems=problems)


def _end(
    code: Exit,
    message: str,
    hint: str,
    *,
    as_json: bool,
    problems: list[dict[str, str]] | None = None,
) -> NoReturn:
    print(f"error: {message}", file=sys.stderr)
    if hint:
        print(f"hint: {hint}", file=sys.stderr)
    if as_json:
        import json

        error = {"error": message, "hint": hint, "exit_code": int(code)}
        print(json.dumps(error | ({"problems": problems} if problems else {}), indent=2))
    _exit(code)


def _traceback(*, wanted: bool) -> None:
    if wanted:
        import traceback

        traceback.print_exc()


def _exit(code: int) -> NoReturn:
    sys.stderr.flush()
    sys.exit(int(code))
