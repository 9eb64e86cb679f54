"""JSON texts into values, one after another, in memory that does not grow with the file.

A list is read element by element, and so are values that stand one after another. The standard
library's parser is used, fed from a buffer, and not an event parser such as yajl: that one reads a
lone surrogate as "?" and of a repeated name the last, in silence. Numbers are Decimal or int, a
repeated name is an error, and every element knows its line.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any, Final

from integrity.loading.files import BLOCK, FileFailure

LONGEST: Final = 64 << 20  # characters of one element
_BLANK: Final = " \t\r\n"
_NEAR: Final = 32  # an error this near to the end of the buffer may only lack what follows


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for n, name in enumerate(names) if name in names[:n])
        raise RepeatedName(f"name {twice!r} stands twice in an object")
    return found


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


class RepeatedName(ValueError):
    """An object with a name twice; the second one would win in silence."""


DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Decimal, parse_constant=_constant
)


class Values:
    """The values of a JSON text: elements of a list, or values one after another."""

    def __init__(self, stream: IO[bytes], shown: str) -> None:
        self._stream, self._shown = stream, shown
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._buffer, self._at, self._line, self._counted = "", 0, 1, 0
        self._ended = False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """Line and value. Raises FileFailure where the text is not JSON."""
        while self._next():
            if self._buffer[self._at] == "[":
                self._at += 1
                yield from self._elements()
            else:
                yield self._value()

    def _elements(self) -> Iterator[tuple[int, Any]]:
        if self._required() == "]":
            self._at += 1
            return
        while True:
            yield self._value()
            mark = self._required()
            self._at += 1
            if mark == "]":
                return
            if mark != ",":
                self._at -= 1
                raise self._wrong(f"expected , or ] and found {mark!r}")
            self._required()

    def _required(self) -> str:
        if not self._next():
            raise self._wrong("the list is not closed")
        return self._buffer[self._at]

    def _next(self) -> bool:
        """Go to the next character that is not blank; False at the end."""
        while True:
            size = len(self._buffer)
            while self._at < size and self._buffer[self._at] in _BLANK:
                self._at += 1
            if self._at < size:
                return True
            if not self._more():
                return False

    def _value(self) -> tuple[int, Any]:
        line = self._line_here()
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if not self._may_go_on(error) or not self._more():
                    self._at = error.pos
                    raise self._wrong(error.msg.lower()) from error
            except (RepeatedName, RecursionError, ValueError) as error:
                raise self._wrong(str(error).splitlines()[0]) from error
            else:  # a number may go on behind the end of the buffer
                if end < len(self._buffer) or not self._more():
                    self._at = end
                    return line, value

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        near = len(self._buffer) - error.pos < _NEAR
        return near or error.msg.startswith("Unterminated string")

    def _more(self) -> bool:
        """Read more, twice as much as is there; False at the end of the file."""
        if self._ended:
            return False
        self._line_here()
        self._buffer, self._at, self._counted = self._buffer[self._at :], 0, 0
        if len(self._buffer) > LONGEST:
            raise self._wrong(f"an element has more than {LONGEST:,} characters")
        data = self._stream.read(max(BLOCK, len(self._buffer)))
        self._ended = not data
        self._buffer += self._decoder.decode(data, final=not data)
        return True

    def _line_here(self) -> int:
        self._line += self._buffer.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _wrong(self, message: str) -> FileFailure:
        return FileFailure(
            f"{self._shown}:{self._line_here()}: not JSON: {message}",
            hint="mend the file, then run the same command with --changed",
        )
