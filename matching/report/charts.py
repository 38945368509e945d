"""The pictures of the report as inline SVG; a table beside each picture says the same in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from matching.vocabulary import Component

THOUSANDTHS: Final = 1000
"""Bars of scores and shares are drawn on a scale of whole thousandths, so that what is drawn is what is printed."""

_BAR_HEIGHT: Final = 10
_ROW_HEIGHT: Final = 50
_LEGEND_HEIGHT: Final = 34
_CHART_WIDTH: Final = 320
_LONGEST_BAR: Final = 240  # leaves room for "1,234 (100%)" behind the longest bar
_LABEL_LENGTH: Final = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One part of a stacked bar: how many thousandths of the whole, and the class that colours it."""

    css_class: str
    thousandths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedBar:
    """Two shares in [0, 1] that are compared under one label, each with the text at its end."""

    label: str
    first: float
    first_text: str
    second: float
    second_text: str


def thousandths(shares: Sequence[float], *, total: float) -> tuple[int, ...]:
    """Return shares as whole thousandths that add up to the rounded total.

    Each share is rounded down, and the thousandths that are then missing go to the largest remainders.

    Parameters
    ----------
    shares : shape (n,)
        At least 0 each; they add up to ``total`` but for rounding.
    total
        In [0, 1].

    Returns
    -------
    tuple of int, shape (n,)

    References
    ----------
    The method of the largest remainder (Hamilton).

    Examples
    --------
    >>> thousandths([0.3333, 0.3333, 0.3334], total=1.0)
    (333, 333, 334)
    """
    scaled = [share * THOUSANDTHS for share in shares]
    whole = [int(value) for value in scaled]
    n_missing = round(total * THOUSANDTHS) - sum(whole)
    by_remainder = sorted(range(len(scaled)), key=lambda at: (whole[at] - scaled[at], at))
    for at in by_remainder[: max(n_missing, 0)]:
        whole[at] += 1
    return tuple(whole)


def component_segments(parts: Sequence[tuple[Component, int, bool]]) -> tuple[Segment, ...]:
    """Return the segments of a score: what was said by component, then all neutral counts together in grey.

    Parameters
    ----------
    parts
        Component, thousandths, and whether a side says nothing about it.
    """
    said = [
        Segment(css_class=f"c-{component}", thousandths=size) for component, size, is_silent in parts if not is_silent
    ]
    silent = sum(size for _, size, is_silent in parts if is_silent)
    return (*said, Segment(css_class="c-silent", thousandths=silent))


def score_bar(segments: Sequence[Segment], *, minimum: float) -> Markup:
    """Return the bar of one score on a scale from 0 to 1, with a line where allocation begins.

    It is hidden from screen readers, because the numbers stand beside it.
    """
    line = round(minimum * THOUSANDTHS)
    return Markup(
        '<svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="c-track" d="M0 0h1000v8H0z"/>{}<path class="c-line" d="M{} 0v8"/></svg>'
    ).format(_stack(segments, height=8), line)


def stacked_bar(segments: Sequence[Segment], *, chart_id: str, title: str, description: str) -> Markup:
    """Return one bar of full width whose segments are shares of a whole."""
    return Markup(
        '<svg class="stack" viewBox="0 0 1000 40" preserveAspectRatio="none" role="img" '
        'aria-labelledby="{0}-title {0}-desc"><title id="{0}-title">{1}</title><desc id="{0}-desc">{2}</desc>'
        '<path class="c-track" d="M0 0h1000v40H0z"/>{3}</svg>'
    ).format(chart_id, title, description, _stack(segments, height=40))


def _stack(segments: Sequence[Segment], *, height: int) -> Markup:
    """Return the segments side by side, with a gap of two thousandths after each."""
    start, parts = 0, []
    for segment in segments:
        if segment.thousandths > 0:
            width = max(segment.thousandths - 2, 1)
            path = Markup('<path class="{0}" d="M{1} 0h{2}v{3}h-{2}z"/>')
            parts.append(path.format(segment.css_class, start, width, height))
        start += segment.thousandths
    return Markup("").join(parts)


def paired_bars(
    bars: Sequence[PairedBar], *, chart_id: str, title: str, description: str, legend: tuple[str, str]
) -> Markup:
    """Return two bars under each label on one scale that ends at the largest share."""
    longest = max((max(bar.first, bar.second) for bar in bars), default=0.0) or 1.0
    height = _LEGEND_HEIGHT + _ROW_HEIGHT * len(bars)
    rows = [_pair(bar, top=_LEGEND_HEIGHT + _ROW_HEIGHT * at, longest=longest) for at, bar in enumerate(bars)]
    return Markup(
        '<svg class="pairs" viewBox="0 0 {1} {2}" role="img" aria-labelledby="{0}-title {0}-desc">'
        '<title id="{0}-title">{3}</title><desc id="{0}-desc">{4}</desc>{5}{6}</svg>'
    ).format(chart_id, _CHART_WIDTH, height, title, description, _legend(legend), Markup("").join(rows))


def _legend(legend: tuple[str, str]) -> Markup:
    first, second = legend
    return Markup(
        '<rect class="c-first" x="0" y="2" width="14" height="8"/><text class="small" x="20" y="10">{}</text>'
        '<rect class="c-second" x="140" y="2" width="14" height="8"/><text class="small" x="160" y="10">{}</text>'
    ).format(first, second)


def _pair(bar: PairedBar, *, top: int, longest: float) -> Markup:
    label = bar.label if len(bar.label) <= _LABEL_LENGTH else f"{bar.label[:_LABEL_LENGTH]}…"
    return Markup('<text x="0" y="{}">{}</text>{}{}').format(
        top + 11,
        label,
        _bar("c-first", bar.first / longest, bar.first_text, top=top + 16),
        _bar("c-second", bar.second / longest, bar.second_text, top=top + 16 + _BAR_HEIGHT + 2),
    )


def _bar(css_class: str, length: float, text: str, *, top: int) -> Markup:
    width = f"{length * _LONGEST_BAR:.1f}"
    return Markup(
        '<rect class="{}" x="0" y="{}" width="{}" height="{}"/><text class="small" x="{:.1f}" y="{}">{}</text>'
    ).format(css_class, top, width, _BAR_HEIGHT, length * _LONGEST_BAR + 5, top + _BAR_HEIGHT - 1, escape(text))
