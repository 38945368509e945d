"""The report's part on each need: its best offers with what every component adds, or why there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from matching.answers import Sensitivity
from matching.records import Need, Offer
from matching.report.charts import component_segments, score_bar, thousandths
from matching.report.disclosure import Disclosure
from matching.report.listings import UnmetLine
from matching.results import Contribution, Match, Reading, RunResult
from matching.sensitivity import told
from matching.sentences import Sentence
from matching.vocabulary import Component

N_IN_FULL: Final = 3  # offers of a need that are shown with all their reasons; the others with their bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one component adds to a score, in thousandths; ``sentence`` is None where it may not be shown."""

    component: Component
    thousandths: int
    is_silent: bool
    sentence: Sentence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """One offer in the ranking of a need; ``offer`` is None where only its id may be shown.

    ``bar`` is None, and no part is there, where the components may not be shown.
    """

    rank: int
    offer_id: str
    offer: Offer | None
    reading: Reading | None
    score: float
    is_allocated: bool
    is_in_full: bool
    bar: Markup | None
    said: tuple[Part, ...]
    silent: tuple[Part, ...]

    @property
    def silent_thousandths(self) -> int:
        """What the components without a word from both sides add together."""
        return sum(part.thousandths for part in self.silent)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDetail:
    """One need with its ranked offers; ``need`` is None where only its id may be shown.

    ``steadiness`` tells how firmly the first place stands; it is empty where components may not be shown.
    """

    need_id: str
    need: Need | None
    reading: Reading | None
    offers: tuple[OfferLine, ...]
    steadiness: tuple[Sentence, ...]
    is_toss_up: bool
    unmet: UnmetLine | None


def detail_needs(
    result: RunResult, disclosure: Disclosure, unmet_lines: Iterable[UnmetLine], *, n_most: int
) -> tuple[NeedDetail, ...]:
    """Return the first ``n_most`` needs by id, each with its ranked offers."""
    shown = disclosure.needs[:n_most]
    matches_by_need_id: dict[str, list[Match]] = defaultdict(list)
    for match in disclosure.matches_of(shown):
        matches_by_need_id[match.need_id].append(match)
    unmet_by_need_id = {line.need_id: line for line in unmet_lines}
    asked = [need.need_id for need in shown if disclosure.may_split(need.need_id)]
    sensitivities = {} if result.what_if is None else result.what_if.sensitivities(asked)
    return tuple(
        NeedDetail(
            need_id=need.need_id,
            need=disclosure.named_need(need.need_id),
            reading=result.reading_by_need_id[need.need_id] if disclosure.named_need(need.need_id) else None,
            offers=tuple(_offer_line(match, result, disclosure) for match in matches_by_need_id[need.need_id]),
            steadiness=_steadiness(sensitivities.get(need.need_id)),
            is_toss_up=need.need_id in sensitivities and sensitivities[need.need_id].is_toss_up,
            unmet=unmet_by_need_id.get(need.need_id),
        )
        for need in shown
    )


def _steadiness(sensitivity: Sensitivity | None) -> tuple[Sentence, ...]:
    return () if sensitivity is None else told(sensitivity)


def _offer_line(match: Match, result: RunResult, disclosure: Disclosure) -> OfferLine:
    offer = disclosure.offer_beside(match.need_id, match.offer_id)
    may_split = disclosure.may_split(match.need_id)
    may_explain = disclosure.may_explain(match.need_id, match.offer_id)
    parts = split_score(match, may_explain=may_explain) if may_split else ()
    segments = component_segments([(part.component, part.thousandths, part.is_silent) for part in parts])
    by_share = sorted(parts, key=lambda part: -part.thousandths)
    return OfferLine(
        rank=match.rank,
        offer_id=match.offer_id,
        offer=offer,
        reading=None if offer is None else result.reading_by_offer_id[match.offer_id],
        score=match.score,
        is_allocated=match.is_allocated,
        is_in_full=match.is_allocated or match.rank <= N_IN_FULL,
        bar=score_bar(segments, minimum=result.profile.minimum_score) if may_split else None,
        said=tuple(part for part in by_share if not part.is_silent),
        silent=tuple(part for part in parts if part.is_silent and part.thousandths > 0),
    )


def split_score(match: Match, *, may_explain: bool) -> tuple[Part, ...]:
    """Return what each component adds, in whole thousandths that add up to the score as it is printed."""
    sizes = thousandths([part.share for part in match.contributions], total=match.score)
    pairs = zip(match.contributions, sizes, strict=True)
    return tuple(_part(contribution, size, may_explain=may_explain) for contribution, size in pairs)


def _part(contribution: Contribution, size: int, *, may_explain: bool) -> Part:
    return Part(
        component=contribution.component,
        thousandths=size,
        is_silent=contribution.value is None,
        sentence=contribution.sentence if may_explain else None,
    )
