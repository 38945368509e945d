"""Why a need has another offer in one run than in the other, as far as the two runs tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from matching.differences.views import PairView, RunView
from matching.sentences import N_, Sentence
from matching.vocabulary import Component, UnmetReason

_SMALLEST_MOVE: Final = 5e-7  # half a unit of the last decimal that is printed

Holders = Mapping[str, frozenset[str]]
"""The needs that have a place in each offer."""


def reasons_why(need_id: str, before: RunView, after: RunView, *, holders: tuple[Holders, Holders]) -> list[Sentence]:
    """Return why a need that stands in both runs has another offer in the second one, or none, or one at last.

    What is told: records that came, went or changed; offers that are listed in one run only; the component that moved a
    score most; the minimum score; and the needs that took a place or left one. Why an offer is not listed is not told.
    """
    old, new = before.allocated(need_id), after.allocated(need_id)
    sentences = [*_records(need_id, before, after, pairs=(old, new))]
    for pair in _both(old, new):
        sentences.extend(_pair_moved(need_id, pair.offer_id, before, after))
    unmet = after.unmet_by_need_id.get(need_id)
    if unmet is not None and unmet.reason is not UnmetReason.CAPACITY_TAKEN:
        sentences.append(Sentence(message=N_("In the second run: %(detail)s"), values={"detail": unmet.detail}))
    sentences.extend(_places(old, new, holders=holders))
    return sentences or [Sentence(message=N_("Places moved elsewhere in the pool, and this one with them."))]


def _both(old: PairView | None, new: PairView | None) -> list[PairView]:
    return [pair for pair in (old, new) if pair is not None]


def _records(
    need_id: str, before: RunView, after: RunView, *, pairs: tuple[PairView | None, PairView | None]
) -> Iterator[Sentence]:
    """Yield which records of the need and its two offers came, went or changed, where the runs hold records."""
    if before.need_by_id is None or after.need_by_id is None or before.offer_by_id is None or after.offer_by_id is None:
        return
    if before.need_by_id.get(need_id) != after.need_by_id.get(need_id):
        yield Sentence(message=N_("The need has changed."))
    for pair in _both(*pairs):
        values = {"offer": pair.offer_id}
        first, second = before.offer_by_id.get(pair.offer_id), after.offer_by_id.get(pair.offer_id)
        if second is None:
            yield Sentence(message=N_("%(offer)s is not among the offers of the second run."), values=values)
        elif first is None:
            yield Sentence(message=N_("%(offer)s is not among the offers of the first run."), values=values)
        elif first != second:
            yield Sentence(message=N_("%(offer)s has changed."), values=values)


def _pair_moved(need_id: str, offer_id: str, before: RunView, after: RunView) -> Iterator[Sentence]:
    """Yield how an offer of the need moved: out of the list, or in score, with the component that moved it most."""
    old, new = before.pair(need_id, offer_id), after.pair(need_id, offer_id)
    if old is None or new is None:
        in_first, in_second = (
            N_("%(offer)s is listed in the first run only."),
            N_("%(offer)s is listed in the second run only."),
        )
        yield Sentence(message=in_first if new is None else in_second, values={"offer": offer_id})
        return
    if abs(new.score - old.score) < _SMALLEST_MOVE:
        return
    moves = {part: after.share(new, part) - before.share(old, part) for part in Component}
    most = max(moves, key=lambda part: abs(moves[part]))
    by_weight = N_(
        "%(offer)s scores %(after)s instead of %(before)s, most by %(component)s (%(move)s), whose weight changed."
    )
    by_value = N_("%(offer)s scores %(after)s instead of %(before)s, most by %(component)s (%(move)s).")
    values = {
        "offer": offer_id,
        "before": f"{old.score:.3f}",
        "after": f"{new.score:.3f}",
        "component": most.value,
        "move": f"{moves[most]:+.3f}",
    }
    yield Sentence(message=by_weight if old.values[most] == new.values[most] else by_value, values=values)


def _places(old: PairView | None, new: PairView | None, *, holders: tuple[Holders, Holders]) -> Iterator[Sentence]:
    """Yield which needs took a place in the offer that is lost, and which left one in the offer that is gained."""
    first, second = holders
    if old is not None:
        taken = second.get(old.offer_id, frozenset()) - first[old.offer_id]
        if taken:
            message = N_("A place in %(offer)s went to %(needs)s.")
            yield Sentence(message=message, values={"offer": old.offer_id, "needs": ", ".join(sorted(taken))})
        elif not second.get(old.offer_id):
            message = N_("No need has a place in %(offer)s in the second run.")
            yield Sentence(message=message, values={"offer": old.offer_id})
    if new is not None:
        left = first.get(new.offer_id, frozenset()) - second[new.offer_id]
        if left:
            message = N_("A place in %(offer)s came from %(needs)s.")
            yield Sentence(message=message, values={"offer": new.offer_id, "needs": ", ".join(sorted(left))})
