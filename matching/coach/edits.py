"""Edits of a draft that can be carried out in thought, so that the engine can count what they would bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from matching.coach.values import Check, Draft, EditKind
from matching.records import Need, Offer
from matching.reference import Geography
from matching.sentences import N_
from matching.vocabulary import Basis, Mode

MORE_DAYS: Final = 365
"""How far ahead of the day a last useful day is tried where a draft names none, and how much later one that it names."""

N_LANGUAGES: Final = 3  # of those that offers come in and the States do not work in
N_AREAS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit of a draft: ``edited`` is the draft with it, ``shown`` what changes, in words for a sentence.

    ``message`` takes ``value``, ``now`` and ``after``.
    """

    kind: EditKind
    check: Check
    field: str
    value: str
    shown: str
    message: str
    edited: Need


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersSay:
    """What offers say of languages and sums: in how many each language comes, and the middle sum of the commonest currency."""

    n_by_language: Mapping[str, int]
    typical_sum: tuple[Decimal, str] | None

    @classmethod
    def of(cls, offers: Iterable[Offer]) -> OffersSay:
        """Return what some offers say."""
        languages: Counter[str] = Counter()
        amounts: dict[str, list[Decimal]] = {}
        for offer in offers:
            languages.update(set(offer.languages))
            if offer.budget is not None and offer.currency:
                amounts.setdefault(offer.currency, []).append(offer.budget)
        commonest = min(amounts, key=lambda code: (-len(amounts[code]), code), default=None)
        typical_sum = None if commonest is None else (_middle(amounts[commonest]), commonest)
        return cls(n_by_language=languages, typical_sum=typical_sum)


def possible_edits(draft: Draft, offers: OffersSay, geography: Geography) -> list[Edit]:
    """Return the edits of one field each that say something that the draft does not say yet.

    What would stand in a description is not known, so it is not among them. A language is tried where a State of the
    need works in it, or where many offers come in it; an area or a mode where the text speaks of it; a mode also where
    it speaks of none; a sum where offers name sums.
    """
    return [
        *_languages(draft.need, offers, geography),
        *_areas(draft),
        *_modes(draft),
        *_dates(draft),
        *_budgets(draft.need, offers),
    ]


def _languages(need: Need, offers: OffersSay, geography: Geography) -> Iterable[Edit]:
    offered = offers.n_by_language
    spoken = [code for state in need.states for code in geography.state_by_code[state].languages if code in offered]
    frequent = sorted(offered, key=lambda code: (-offered[code], code))
    others = [code for code in frequent if code not in spoken][:N_LANGUAGES]
    message = (
        N_(
            "Add %(value)s to the languages, if the staff can work in it: offers that qualify go from %(now)s to %(after)s."
        )
        if need.languages
        else N_(
            "Name %(value)s as a language, if the staff can work in it: offers that qualify go from %(now)s to %(after)s."
        )
    )
    for code in dict.fromkeys((*spoken, *others)):
        if code not in need.languages:
            yield Edit(
                kind=EditKind.LANGUAGE,
                check=Check.ABSORPTION,
                field="languages",
                value=code,
                shown=code,
                message=message,
                edited=replace(need, languages=(*need.languages, code)),
            )


def _areas(draft: Draft) -> Iterable[Edit]:
    need, taxonomy = draft.need, draft.taxonomy
    if draft.reading.areas_basis is Basis.INFERRED:
        codes = [item.code for item in draft.suggested[:N_AREAS]]
        message = N_(
            "State the area %(value)s, if that is what it is about: offers that qualify go from %(now)s to %(after)s."
        )
    else:
        codes = list(draft.reading.area_codes) if len(draft.reading.area_codes) > 1 else []
        message = N_(
            "Keep to the area %(value)s and file the rest apart: offers that qualify go from %(now)s to %(after)s."
        )
    for code in codes:
        yield Edit(
            kind=EditKind.AREA,
            check=Check.ONE_AREA,
            field="areas",
            value=code,
            shown=taxonomy.area_by_code[code].title(),
            message=message,
            edited=replace(need, area_codes=(code,), areas_basis=Basis.STATED),
        )


def _modes(draft: Draft) -> Iterable[Edit]:
    if draft.reading.modes_basis is not Basis.INFERRED:
        return
    for mode in draft.reading.modes or tuple(Mode):
        yield Edit(
            kind=EditKind.MODE,
            check=Check.WHAT_EXACTLY,
            field="modes",
            value=mode.value,
            shown=mode.value.replace("_", " "),
            message=N_(
                "State that support may come as %(value)s, if that would help: offers that qualify go from %(now)s to %(after)s."
            ),
            edited=replace(draft.need, modes=(mode,), modes_basis=Basis.STATED),
        )


def _dates(draft: Draft) -> Iterable[Edit]:
    need = draft.need
    is_open = need.latest_on is not None and not need.has_closed_on(draft.as_of_on)
    start = draft.as_of_on if need.latest_on is None or not is_open else need.latest_on
    start = max(start, need.earliest_on or start)
    if date.max - start < timedelta(days=MORE_DAYS):
        return
    latest = start + timedelta(days=MORE_DAYS)
    yield Edit(
        kind=EditKind.DATES,
        check=Check.BY_WHEN,
        field="latest",
        value=latest.isoformat(),
        shown=latest.isoformat(),
        message=(
            N_("If help were still useful on %(value)s, offers that qualify would go from %(now)s to %(after)s.")
            if is_open
            else N_("Say until when help is useful: until %(value)s, offers that qualify go from %(now)s to %(after)s.")
        ),
        edited=replace(need, latest_on=latest),
    )


def _budgets(need: Need, offers: OffersSay) -> Iterable[Edit]:
    if need.budget is not None or offers.typical_sum is None:
        return
    amount, currency = offers.typical_sum
    yield Edit(
        kind=EditKind.BUDGET,
        check=Check.WHAT_EXACTLY,
        field="budget",
        value=f"{amount:f}",
        shown=f"{amount:,f} {currency}",
        message=N_(
            "Name the sum sought: with %(value)s, for example, offers that qualify go from %(now)s to %(after)s."
        ),
        edited=replace(need, budget=amount, currency=currency),
    )


def _middle(amounts: Sequence[Decimal]) -> Decimal:
    """Return the middle amount; of two the lower, so that it is one that an offer names."""
    return sorted(amounts)[(len(amounts) - 1) // 2]
