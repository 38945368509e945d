"""One edit of many offers, and new offers: what could change about a pool, each with the sentence that tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

from matching.answers import PoolEdit
from matching.records import Need, Offer
from matching.reference import EVERYBODY, Geography, Reference
from matching.results import Reading
from matching.sentences import N_, Sentence
from matching.vocabulary import Basis, Mode, Visibility

GROUPS: Final = ("AFR", "APG", "EEG", "GRULAC", "WEOG", "LDC", "LLDC", "SIDS", EVERYBODY)
"""To whom offers could be opened at once; single States are told need by need."""

_Code = TypeVar("_Code", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEdit:
    """One edit with its value: a language, a mode, an area, a group of States, or nothing."""

    edit: PoolEdit
    value: str = ""

    def applied(self, offer: Offer, reading: Reading, *, as_of_on: date) -> Offer:
        """Return the offer with the edit, equal to it where there is nothing to change.

        Parameters
        ----------
        offer, reading
            The offer, and the areas and modes that the run knows it by; what an edit adds to them is stated, and so
            are the others from then on.
        as_of_on
            The day of the run, on which offers are confirmed and from which they are available.
        """
        changes: dict[str, Any] = {}
        match self.edit:
            case PoolEdit.LANGUAGE:
                changes = {"languages": _with(offer.languages, self.value)}
            case PoolEdit.MODE:
                changes = {"modes": _with(reading.modes, Mode(self.value)), "modes_basis": Basis.STATED}
            case PoolEdit.AREA if any(_field(code) == _field(self.value) for code in reading.area_codes):
                # An offer of another field cannot be about it as well.
                changes = {"area_codes": _with(reading.area_codes, self.value), "areas_basis": Basis.STATED}
            case PoolEdit.GROUP if EVERYBODY not in offer.eligible:
                changes = {"eligible": _with(offer.eligible, self.value)}
            case PoolEdit.DATES:
                start = min(offer.available_from_on or as_of_on, as_of_on)
                changes = {"available_from_on": start, "available_until_on": None}
            case PoolEdit.CONFIRM:
                changes = {"confirmed_on": as_of_on}
        is_same = all(getattr(offer, name) == value for name, value in changes.items())
        return offer if is_same else replace(offer, **changes)


def edits_for(needs: Sequence[Need], readings: Sequence[Reading], geography: Geography) -> list[OfferEdit]:
    """Return the edits that could matter to some needs, in a fixed order."""
    states = frozenset(code for need in needs for code in need.states)
    values: dict[PoolEdit, Iterable[str]] = {
        PoolEdit.CONFIRM: [""],
        PoolEdit.DATES: [""],
        PoolEdit.LANGUAGE: {code for need in needs for code in need.languages},
        PoolEdit.MODE: {mode.value for reading in readings for mode in reading.modes},
        PoolEdit.AREA: {code for reading in readings for code in reading.area_codes},
        PoolEdit.GROUP: {token for token in GROUPS if states & geography.members_by_token.get(token, frozenset())},
    }
    return [OfferEdit(edit=edit, value=value) for edit, some in values.items() for value in sorted(some)]


def new_offers_for(needs: Sequence[Need], readings: Sequence[Reading], *, n_places: int, as_of_on: date) -> list[Offer]:
    """Return the new offers that could matter to some needs: one area each, open to everybody, confirmed today.

    Each area with each mode and each language that one of the needs asks for, and without them. They say nothing more:
    no text, no dates, no sum.
    """
    wanted = {
        (area, mode, language)
        for need, reading in zip(needs, readings, strict=True)
        for area in reading.area_codes
        for mode in (None, *reading.modes)
        for language in ("", *need.languages)
    }
    return [
        Offer(
            offer_id=f"new offer: {area} {mode or '-'} {language or '-'}",  # "-" comes before any letter
            provider="",
            title="",
            area_codes=(area,),
            modes=() if mode is None else (mode,),
            languages=(language,) if language else (),
            capacity=n_places,
            confirmed_on=as_of_on,
            visibility=Visibility.SECRETARIAT,
        )
        for area, mode, language in sorted(wanted, key=lambda item: (item[0], item[1] or "", item[2]))
    ]


def sentence_of_edit(edit: OfferEdit, reference: Reference) -> Sentence:
    """Return what would have to be true of the offers."""
    match edit.edit:
        case PoolEdit.LANGUAGE:
            return Sentence(message=N_("If offers came in %(language)s as well."), values={"language": edit.value})
        case PoolEdit.MODE:
            values = {"mode": edit.value.replace("_", " ")}
            return Sentence(message=N_("If offers came as %(mode)s as well."), values=values)
        case PoolEdit.AREA:
            title = reference.taxonomy.area_by_code[edit.value].title()
            message = N_("If offers in the same field were about %(area)s as well.")
            return Sentence(message=message, values={"area": f"{title} ({edit.value})"})
        case PoolEdit.GROUP:
            message = N_("If offers were open to %(states)s as well.")
            return Sentence(message=message, values={"states": reference.geography.name(edit.value)})
        case PoolEdit.DATES:
            return Sentence(message=N_("If offers stated that they are available from now on, without an end."))
        case _:
            return Sentence(message=N_("If providers confirmed their offers."))


def sentence_of_new_offer(offer: Offer, reference: Reference) -> Sentence:
    """Return what a new offer would have to be."""
    (code,) = offer.area_codes
    values = {"area": f"{reference.taxonomy.area_by_code[code].title()} ({code})"}
    if offer.modes:
        values["mode"] = offer.modes[0].replace("_", " ")
    if offer.languages:
        values["language"] = offer.languages[0]
    messages = {
        (False, False): N_("A new offer about %(area)s, open to all States."),
        (True, False): N_("A new offer about %(area)s as %(mode)s, open to all States."),
        (False, True): N_("A new offer about %(area)s in %(language)s, open to all States."),
        (True, True): N_("A new offer about %(area)s as %(mode)s in %(language)s, open to all States."),
    }
    return Sentence(message=messages[bool(offer.modes), bool(offer.languages)], values=values)


def sentence_of_places(offer_id: str, n_places: int) -> Sentence:
    """Return how many places an offer would have to have beside those that it has."""
    one, several = N_("If %(offer)s had one more place."), N_("If %(offer)s had %(places)s more places.")
    if n_places == 1:
        return Sentence(message=one, values={"offer": offer_id})
    return Sentence(message=several, values={"offer": offer_id, "places": n_places})


def _with(codes: tuple[_Code, ...], code: _Code) -> tuple[_Code, ...]:
    return codes if code in codes else (*codes, code)


def _field(area_code: str) -> str:
    return area_code.partition(".")[0]
