"""Two runs side by side: what was set differently, and what became of every need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matching.differences.reasons import Holders, reasons_why
from matching.differences.views import PairView, RunView
from matching.sentences import N_, Sentence


class Change(StrEnum):
    """What became of a need from one run to the other."""

    GAINS = "gains"
    LOSES = "loses"
    MOVES = "moves"
    SAME = "same"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDifference:
    """One need in two runs; an offer with its rank and score is None where the need has no place in that run.

    A need that moves has another offer. Scores of runs with different profiles are not to be compared.
    """

    need_id: str
    change: Change
    before: PairView | None
    after: PairView | None
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two runs side by side.

    ``settings`` maps what was set differently to its two values: the day, the engine, the rule, keys of the profile,
    input files. ``needs`` are in id order.
    """

    settings: Mapping[str, tuple[str, str]]
    needs: tuple[NeedDifference, ...]

    @property
    def number_by_change(self) -> dict[Change, int]:
        """How many needs each change befell."""
        counts = Counter(need.change for need in self.needs)
        return {change: counts[change] for change in Change}

    def as_document(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return {
            "settings": [
                {"key": key, "before": first, "after": second} for key, (first, second) in self.settings.items()
            ],
            "counts": {change.value: number for change, number in self.number_by_change.items()},
            "needs": [
                {
                    "need_id": need.need_id,
                    "change": need.change.value,
                    "before": _pair_document(need.before),
                    "after": _pair_document(need.after),
                    "reasons": [str(reason) for reason in need.reasons],
                }
                for need in self.needs
            ],
        }


def compare_runs(before: RunView, after: RunView) -> Difference:
    """Return who gains an offer, who loses one, who gets another one, and why.

    Parameters
    ----------
    before, after
        Two runs, of the same or of other records, profiles, days and rules. Private needs are in neither.

    Returns
    -------
    Difference
        The same for the same runs; it tells nothing of providers that States exclude.
    """
    holders = (_holders(before), _holders(after))
    ids = sorted(before.need_ids | after.need_ids)
    return Difference(
        settings=_settings(before, after),
        needs=tuple(_difference(need_id, before, after, holders=holders) for need_id in ids),
    )


def _difference(need_id: str, before: RunView, after: RunView, *, holders: tuple[Holders, Holders]) -> NeedDifference:
    old, new = before.allocated(need_id), after.allocated(need_id)
    change = _change(need_id, before, after)
    reasons: list[Sentence] = []
    if change is Change.NEW:
        reasons = [Sentence(message=N_("The need is not in the first run."))]
    elif change is Change.GONE:
        reasons = [Sentence(message=N_("The need is not in the second run."))]
    elif change is not Change.SAME:
        reasons = reasons_why(need_id, before, after, holders=holders)
    return NeedDifference(need_id=need_id, change=change, before=old, after=new, reasons=tuple(reasons))


def _change(need_id: str, before: RunView, after: RunView) -> Change:
    if need_id not in before.need_ids:
        return Change.NEW
    if need_id not in after.need_ids:
        return Change.GONE
    old, new = before.allocated(need_id), after.allocated(need_id)
    if old is None:
        return Change.SAME if new is None else Change.GAINS
    if new is None:
        return Change.LOSES
    return Change.SAME if old.offer_id == new.offer_id else Change.MOVES


def _holders(run: RunView) -> Holders:
    holders: dict[str, set[str]] = {}
    for need_id in run.pairs_by_need_id:
        pair = run.allocated(need_id)
        if pair is not None:
            holders.setdefault(pair.offer_id, set()).add(need_id)
    return {offer_id: frozenset(needs) for offer_id, needs in holders.items()}


def _settings(before: RunView, after: RunView) -> dict[str, tuple[str, str]]:
    """Return what was set differently, with an empty text where one run has no such setting."""
    first, second = _flat(before), _flat(after)
    keys = [*first, *(key for key in second if key not in first)]
    pairs = {key: (first.get(key, ""), second.get(key, "")) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _flat(run: RunView) -> dict[str, str]:
    flat = {"engine_version": run.engine_version, "as_of": run.as_of_on.isoformat(), "allocation": run.rule.value}
    for key, value in run.profile.as_document().items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        flat.update({f"profile.{key}.{name}".rstrip("."): f"{part}" for name, part in parts})
    flat.update({f"inputs.{at}": f"{name} {digest}" for at, (name, digest) in enumerate(run.inputs, start=1)})
    return flat


def _pair_document(pair: PairView | None) -> dict[str, Any] | None:
    return None if pair is None else {"offer_id": pair.offer_id, "rank": pair.rank, "score": pair.score}
