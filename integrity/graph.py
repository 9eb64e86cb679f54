"""What must come before what. The door to networkx.

An edge is a pair (before, after). Every answer depends on names alone, never on the order in
which they were given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from integrity.errors import Exit, Failure
from integrity.model import ForeignKey, Name, Table

if TYPE_CHECKING:
    import networkx


class Sortable(Protocol):
    """A value that can be hashed and compared with its like."""

    def __lt__(self, other: Any, /) -> bool: ...
    def __hash__(self) -> int: ...


T = TypeVar("T", bound=Sortable)


class CycleFailure(Failure):
    """Things that wait for each other; ``path`` begins and ends with the same one."""

    exit_code = Exit.CONFIG

    def __init__(self, path: Sequence[object]) -> None:
        self.path = tuple(path)
        super().__init__(
            "cycle: " + " -> ".join(map(str, self.path)),
            hint="each arrow needs what stands before it: remove one of them",
        )


def order(nodes: Iterable[T], edges: Iterable[tuple[T, T]]) -> tuple[T, ...]:
    """The nodes so that no edge points backwards; of those that could come next, the smallest.

    Edges to unknown nodes are ignored. Raises CycleFailure.
    """
    import networkx

    graph = _graph(nodes, edges)
    try:
        return tuple(networkx.lexicographical_topological_sort(graph))
    except networkx.NetworkXUnfeasible:
        raise CycleFailure(_first_cycle(graph)) from None


def cycles(nodes: Iterable[T], edges: Iterable[tuple[T, T]]) -> tuple[tuple[T, ...], ...]:
    """One shortest cycle through the smallest member of each knot, as a -> b -> a."""
    graph = _graph(nodes, edges)
    knots: list[set[T]] = _knots(graph)
    return tuple(_cycle_through(graph, min(knot), knot) for knot in knots)


def feedback(
    nodes: Iterable[T], edges: Iterable[tuple[T, T]], cost: Callable[[tuple[T, T]], Any]
) -> tuple[tuple[T, T], ...]:
    """Edges without which there is no cycle: of each cycle found, the one of least cost."""
    graph, removed = _graph(nodes, edges), []
    while _knots(graph):
        path: tuple[T, ...] = _first_cycle(graph)
        cheapest = min(pairwise(path), key=lambda edge: (cost(edge), edge))
        graph.remove_edge(*cheapest)
        removed.append(cheapest)
    return tuple(removed)


def table_order(tables: Sequence[Table]) -> tuple[tuple[Table, ...], tuple[ForeignKey, ...]]:
    """The tables in load order, and the foreign keys that this order cannot honour.

    Those are self references and, of each cycle, the foreign keys between two of its tables:
    preferably keys that may be NULL, since such rows can be loaded first and completed later.
    """
    by_name = {table.name: table for table in tables}
    keys: dict[tuple[Name, Name], list[ForeignKey]] = {}
    for table in sorted(tables, key=lambda t: t.name):
        for key in table.foreign_keys:
            if key.references in by_name:
                keys.setdefault((key.references, table.name), []).append(key)

    def cost(edge: tuple[Name, Name]) -> tuple[bool, bool]:
        table = by_name[edge[1]]
        columns = {column for key in keys[edge] for column in key.columns}
        required = any(not c.nullable for c in table.columns if c.name in columns)
        return edge[0] != edge[1], required

    ignored = feedback(by_name, keys, cost)
    names = order(by_name, (edge for edge in keys if edge not in ignored))
    deferred = (key for edge in sorted(ignored, key=lambda e: (e[1], e[0])) for key in keys[edge])
    return tuple(by_name[name] for name in names), tuple(deferred)


def _graph(nodes: Iterable[T], edges: Iterable[tuple[T, T]]) -> networkx.DiGraph[T]:
    import networkx

    graph: networkx.DiGraph[T] = networkx.DiGraph()
    graph.add_nodes_from(sorted(set(nodes)))
    graph.add_edges_from(sorted(e for e in set(edges) if e[0] in graph and e[1] in graph))
    return graph


def _knots(graph: networkx.DiGraph[T]) -> list[set[T]]:
    """The groups of nodes that all reach each other, smallest member first."""
    import networkx

    groups = networkx.strongly_connected_components(graph)
    knots = [set(g) for g in groups if len(g) > 1 or graph.has_edge(min(g), min(g))]
    return sorted(knots, key=min)


def _first_cycle(graph: networkx.DiGraph[T]) -> tuple[T, ...]:
    knot: set[T] = _knots(graph)[0]
    return _cycle_through(graph, min(knot), knot)


def _cycle_through(graph: networkx.DiGraph[T], start: T, knot: set[T]) -> tuple[T, ...]:
    """Breadth first from ``start`` back to it, smaller neighbours first."""
    came_from: dict[T, T] = {}
    queue = [start]
    for node in queue:
        for successor in sorted(graph.successors(node)):
            if successor == start:
                path = [start, node]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return tuple(reversed(path)) if node != start else (start, start)
            if successor in knot and successor not in came_from:
                came_from[successor] = node
                queue.append(successor)
    raise AssertionError("unreachable: every member of a knot lies on a cycle")
