"""Cross-checks over the finished model: what one file says against what the others say.

No server is needed; what only a server knows (types, functions) is checked when compiling.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from integrity.config.nodes import Places
from integrity.errors import Problem, nearest
from integrity.model import Location, Name, Project


@dataclass(frozen=True, slots=True)
class Checked:
    """Where words stand, and the folders that were not read in full.

    What a broken file may hold is not reported as missing: the break itself was reported.
    """

    places: Places
    broken: frozenset[str] = frozenset()
    unmanaged: tuple[str, ...] = ()  # objects of the contracts that the model has no value for

    def stays(self, name: Name) -> bool:
        """Whether the contracts list it as an object that is left as it is."""
        return str(name) in {line.rpartition(" ")[2] for line in self.unmanaged}

    def unknown_table(
        self, name: Name, known: Collection[Name], folder: str, place: Location, what: str
    ) -> Iterator[Problem]:
        """The problem that ``what`` names no known table; nothing when it does."""
        if name not in known and name.schema and folder not in self.broken:
            kind = "contract" if folder == "legacy" else "unified table"
            message = f"{what}: there is no {kind} {name}"
            yield Problem(place, message, self._unknown_hint(name, known, folder))

    def _unknown_hint(self, name: Name, known: Collection[Name], folder: str) -> str:
        others = {line.rpartition(" ")[2]: line for line in self.unmanaged}
        if folder == "legacy" and str(name) in others:
            kind = others[str(name)].rpartition(" ")[0]
            return f"it is a {kind}, which cannot be a source: copy its rows to a plain table"
        if folder == "legacy" and not known:
            return "integrity inspect writes the contracts"
        return nearest(str(name), map(str, known))

    def unknown_words(
        self,
        words: Iterable[str],
        known: Collection[str],
        message: str,
        owner: Location,
        part: str,
    ) -> Iterator[Problem]:
        """A problem for each word that is not known; ``message`` ends before the word.

        A word that is a default is reported where it was written.
        """
        for word in words:
            place = None if word in known else self.places.written(owner, part, word)
            if place is not None:
                yield Problem(place, f"{message} {word!r}", nearest(word, known))


def check(project: Project, checked: Checked) -> Iterator[Problem]:
    """Everything that is wrong with the project as a whole, in no particular order."""
    from integrity.config.check_dependents import dependent_problems
    from integrity.config.check_macros import macro_problems
    from integrity.config.check_mappings import mapping_problems
    from integrity.config.check_names import name_problems
    from integrity.config.check_tables import table_problems

    found, sound = macro_problems(project.macros, checked)
    yield from found
    yield from table_problems(project, checked)
    yield from name_problems(project)
    yield from mapping_problems(project, checked, sound)
    yield from dependent_problems(project, checked)
