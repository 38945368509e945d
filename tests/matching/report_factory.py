"""Makes run results by hand: the ordinary case needs no argument, and a test names only what matters to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from matching.profiles import ScoringProfile
from matching.records import Need, Offer
from matching.reference import Area, Background, Geography, Reference, State, Taxonomy
from matching.results import Contribution, Match, Reading, RunCounts, RunResult, Tandem, UnmetNeed
from matching.sentences import Sentence
from matching.vocabulary import Basis, Component, Mode, TandemKind, UnmetReason, Visibility

_STATES = {"XAA": "Northland", "XAB": "Westland", "XAC": "Southland", "XAD": "Eastland"}
_GROUPS = {"XAA": "AFR", "XAB": "AFR", "XAC": "APG"}
_TITLES = {"AFR": "African States", "APG": "Asia-Pacific States", "LDC": "Least developed countries"}
_AREAS = {"GOV": "Policy", "GOV.1": "National strategy", "IRC": "Incident response", "CRI": "Cybercrime"}


def make_reference() -> Reference:
    """Return four made-up States, of which one has no regional group, and four areas."""
    states = {code: State(code=code, names={"en": name}) for code, name in _STATES.items()}
    members = {"*": frozenset(states), "LDC": frozenset({"XAA"}), "LLDC": frozenset[str](), "SIDS": frozenset({"XAC"})}
    areas = {code: Area(code=code, parent=_parent(code), titles={"en": title}) for code, title in _AREAS.items()}
    return Reference(
        geography=Geography(
            state_by_code=states, members_by_token=members, group_by_state=_GROUPS, title_by_token=_TITLES
        ),
        taxonomy=Taxonomy(release="1", area_by_code=areas),
        background=Background(name="background-1", n_texts=1, document_frequency={}),
    )


def _parent(code: str) -> str | None:
    return code.partition(".")[0] if "." in code else None


def make_profile(**changes: Any) -> ScoringProfile:
    """Return a profile in which every component weighs 1."""
    ordinary: dict[str, Any] = {
        "name": "plain",
        "version": "1",
        "weights": dict.fromkeys(Component, 1.0),
        "neutral": dict.fromkeys(Component, 0.5),
        "minimum_score": 0.3,
        "equity_floor": {},
    }
    return ScoringProfile(**ordinary | changes)


def make_need(need_id: str = "need-1", **changes: Any) -> Need:
    """Return a public need of Northland."""
    ordinary: dict[str, Any] = {
        "states": ("XAA",),
        "title": "A national response team",
        "description": "Train the staff of a new team.",
        "visibility": Visibility.PUBLIC,
    }
    return Need(need_id=need_id, **ordinary | changes)


def make_offer(offer_id: str = "offer-1", **changes: Any) -> Offer:
    """Return a public offer with one place."""
    ordinary: dict[str, Any] = {
        "provider": "Provider One",
        "title": "Courses for response teams",
        "visibility": Visibility.PUBLIC,
    }
    return Offer(offer_id=offer_id, **ordinary | changes)


def make_reading(*codes: str, basis: Basis = Basis.STATED) -> Reading:
    """Return a reading with the given areas, incident response where none is given."""
    return Reading(area_codes=codes or ("IRC",), areas_basis=basis, modes=(Mode.TRAINING,), modes_basis=Basis.STATED)


def make_match(need_id: str = "need-1", offer_id: str = "offer-1", **changes: Any) -> Match:
    """Return an allocated match that scores 0.9: area and text say something, the others nothing."""
    said = {
        Component.AREA: (1.0, 0.3, Sentence(message="Both are about %(asked)s.", values={"asked": "Response (IRC)"})),
        Component.TEXT: (0.5, 0.25, Sentence(message="The texts share: %(words)s.", values={"words": "team"})),
    }
    silent = Sentence(message="Nothing is said.")
    contributions = tuple(
        Contribution(component=component, value=value, share=share, sentence=sentence)
        for component in Component
        for value, share, sentence in [said.get(component, (None, 0.05, silent))]
    )
    ordinary: dict[str, Any] = {"rank": 1, "score": 0.9, "is_allocated": True, "contributions": contributions}
    return Match(need_id=need_id, offer_id=offer_id, **ordinary | changes)


def make_unmet(need_id: str = "need-1", **changes: Any) -> UnmetNeed:
    """Return that a need found no eligible offer, and what would match."""
    ordinary: dict[str, Any] = {
        "reason": UnmetReason.NO_ELIGIBLE_OFFER,
        "detail": Sentence(message="None of %(count)s offers is open to this need.", values={"count": 1}),
        "nearest_offer_id": "offer-1",
        "would_match_if": Sentence(
            message="If %(offer)s were open to %(states)s.", values={"offer": "offer-1", "states": "Northland"}
        ),
    }
    return UnmetNeed(need_id=need_id, **ordinary | changes)


def make_tandem(**changes: Any) -> Tandem:
    """Return a tandem in which Northland leads Southland."""
    ordinary: dict[str, Any] = {
        "area_code": "IRC",
        "lead": "XAA",
        "partners": ("XAC",),
        "kind": TandemKind.LEAD,
        "score": 0.75,
        "reasons": (
            Sentence(
                message="%(lead)s and %(partner)s share fr.", values={"lead": "Northland", "partner": "Southland"}
            ),
        ),
    }
    return Tandem(**ordinary | changes)


def make_result(
    *,
    needs: Sequence[Need] | None = None,
    offers: Sequence[Offer] | None = None,
    matches: Sequence[Match] | None = None,
    unmet: Sequence[UnmetNeed] = (),
    tandems: Sequence[Tandem] = (),
    **changes: Any,
) -> RunResult:
    """Return a run of one need that got the one offer, changed as the test asks; its counts are those of its parts."""
    needs = (make_need(),) if needs is None else tuple(needs)
    offers = (make_offer(),) if offers is None else tuple(offers)
    matches = (make_match(),) if matches is None else tuple(matches)
    ordinary: dict[str, Any] = {
        "engine_version": "1.0",
        "profile": make_profile(),
        "as_of_on": date(2026, 11, 24),
        "reading_by_need_id": {need.need_id: make_reading() for need in needs},
        "reading_by_offer_id": {offer.offer_id: make_reading() for offer in offers},
        "counts": RunCounts(
            n_needs=len(needs),
            n_offers=len(offers),
            n_private=0,
            n_eligible_pairs=len(matches),
            n_allocated=sum(match.is_allocated for match in matches),
            n_unmet=len(unmet),
        ),
        "seconds": {},
    }
    records = {"needs": needs, "offers": offers, "matches": tuple(matches), "unmet": tuple(unmet)}
    return RunResult(**ordinary | records | {"tandems": tuple(tandems)} | changes)
