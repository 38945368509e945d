"""The figures of a run as one table of at most 120 columns, and as a document to keep."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from benchmarks.speed.commands import CommandRow
from benchmarks.speed.searches import ENGINE, Row

WIDTH: Final = 120
_HEAD: Final = (
    f"{'method':<30}{'vectors s':>10}{'search s':>10}{'CPU s':>10}{'engine x':>10}{'peak MB':>9}{'recall@10':>10}  note"
)


@dataclass(slots=True)
class SizeFigures:
    """What was measured on the pool of one size; what was not asked for is empty."""

    n_needs: int
    n_offers: int
    kind: str
    n_eligible: int
    searches: Sequence[Row] = ()
    commands: Sequence[CommandRow] = ()
    machine: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n_pairs(self) -> int:
        """Needs times offers."""
        return self.n_needs * self.n_offers

    def search_of(self, method: str) -> Row:
        """Return the row of a method."""
        return next(row for row in self.searches if row.method == method)

    def as_document(self) -> dict[str, Any]:
        """Return the figures as a JSON object."""
        return asdict(self)


def search_lines(size: SizeFigures) -> list[str]:
    """Return the searches over one pool; ``engine x`` compares the CPU seconds with the engine's."""
    share = size.n_eligible / max(1, size.n_pairs)
    title = f"{size.n_needs:,} needs x {size.n_offers:,} offers, {size.kind}, {share:.1%} of the pairs eligible"
    return ["", title, _HEAD, *(_search_line(row, size.search_of(ENGINE)) for row in size.searches)]


def command_lines(rows: Sequence[CommandRow], *, title: str) -> list[str]:
    """Return whole commands; ``first x`` compares the CPU seconds with those of the first."""
    head = f"{title:<40}{'wall s':>10}{'CPU s':>10}{'first x':>10}{'peak MB':>9}  note"
    return ["", head, *(_command_line(row, rows[0]) for row in rows)]


def _search_line(row: Row, engine: Row) -> str:
    cells = (
        _number(row.prepared_seconds, 10),
        _number(row.median_seconds, 10),
        _number(row.median_cpu_seconds, 10),
        _number(_ratio(row.median_cpu_seconds, engine.median_cpu_seconds), 10),
        _whole(row.peak_mb, 9),
        f"{'–' if row.recall is None else f'{row.recall:.3f}':>10}",
    )
    return f"{row.method:<30}{''.join(cells)}  {row.note}".rstrip()[:WIDTH]


def _command_line(row: CommandRow, first: CommandRow) -> str:
    cells = (
        _number(row.median_seconds, 10),
        _number(row.median_cpu_seconds, 10),
        _number(_ratio(row.median_cpu_seconds, first.median_cpu_seconds), 10),
        _whole(row.peak_mb, 9),
    )
    return f"{row.command:<40}{''.join(cells)}  {row.note}".rstrip()[:WIDTH]


def machine_lines(size: SizeFigures) -> Iterator[str]:
    """Yield what the machine can do, and how close the engine's search is to it."""
    machine = size.machine
    yield ""
    yield (
        f"the machine: {machine['bytes_a_second'] / 1e9:.1f} GB/s (triad), {machine['flops'] / 1e9:.0f} GFLOP/s "
        f"(single-precision product), {machine['engine']['a_second'] / 1e9:.2f} G multiply-adds/s (posting lists)"
    )
    spent = size.search_of(ENGINE).median_cpu_seconds
    for name, what in (("tfidf", "TF-IDF"), ("engine", "the engine's")):
        part = machine[name]
        yield (
            f"the exact product of {what} vectors: {part['multiply_adds']:.2e} multiply-adds, {part['a_pair']:.1f} "
            f"a pair; {part['seconds']:.2f} s (CPU {part['cpu_seconds']:.2f}) at least"
        )
    if spent is not None:
        yield f"the engine's search takes {spent / machine['engine']['cpu_seconds']:.1f} times the CPU seconds of its bound"


def growth_lines(sizes: Sequence[SizeFigures]) -> list[str]:
    """Return how each method's CPU seconds grow from size to size: the power of the number of pairs."""
    if len(sizes) < 2:  # noqa: PLR2004 – growth is between two
        return []
    names = [f"{size.n_needs:,} x {size.n_offers:,}" for size in sizes]
    steps = list(itertools.pairwise(sizes))
    heads = "".join(f"{f'{one} to {other}':>40}" for one, other in itertools.pairwise(names))
    lines = ["", f"{'CPU s grow as pairs to the power':<40}{heads}"]
    for row in sizes[0].searches:
        powers = [_power(one, other, row.method) for one, other in steps]
        lines.append(f"{row.method:<40}{''.join(_number(power, 40) for power in powers)}"[:WIDTH])
    return lines


def _power(one: SizeFigures, other: SizeFigures, method: str) -> float | None:
    before, after = one.search_of(method).median_cpu_seconds, other.search_of(method).median_cpu_seconds
    if not before or not after:
        return None
    return math.log(after / before) / math.log(other.n_pairs / one.n_pairs)


def one_need_lines(figures: Mapping[str, Any]) -> list[str]:
    """Return how long one new need waits: half of the needs, 95 of 100 and 99 of 100 no longer."""
    wall, cpu, advice = (
        ", ".join(f"{figures[prefix + name] * 1000:.1f}" for name in ("p50", "p95", "p99"))
        for prefix in ("", "cpu_", "advice_cpu_")
    )
    return [
        f"one new need against {figures['n_offers']:,} offers, read and explained, {figures['n_needs']} times, ms:",
        f"  p50, p95, p99 {wall}; CPU {cpu}; advice on it CPU {advice};",
        f"  offers made ready once in {figures['cpu_prepared']:.0f} s (CPU), peak {figures['peak_mb']:.0f} MB",
    ]


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def _number(value: float | None, width: int) -> str:
    if value is None:
        return f"{'–':>{width}}"
    return f"{value:>{width},.{3 if value < 1 else 2 if value < 100 else 0}f}"  # noqa: PLR2004 – three digits that count


def _whole(value: float, width: int) -> str:
    return f"{value:>{width},.0f}" if value else f"{'–':>{width}}"
