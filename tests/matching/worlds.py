"""A small world of made-up States, areas and records for the tests of the engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from matching.profiles import ScoringProfile, parse_profile
from matching.records import Need, Offer, Pool, TandemCandidate
from matching.reference import Area, Background, Geography, Reference, State, Taxonomy
from matching.vocabulary import Component, Mode, TandemRole, Visibility

TODAY = date(2026, 6, 1)

# XAA and XAB are African, XBA and XBB Asian-Pacific, XCA Eastern European; XZZ has no group.
GROUPS = {"XAA": "AFR", "XAB": "AFR", "XBA": "APG", "XBB": "APG", "XCA": "EEG"}
LANGUAGES = {"XAA": ("fr",), "XAB": ("en", "fr"), "XBA": ("en",), "XBB": ("ar",), "XCA": ("ru",), "XZZ": ("en",)}


def make_geography() -> Geography:
    states = sorted(LANGUAGES)
    members = {code: frozenset({code}) for code in states}
    members["*"] = frozenset(states)
    for group in sorted(set(GROUPS.values())):
        members[group] = frozenset(code for code, of in GROUPS.items() if of == group)
    return Geography(
        state_by_code={
            code: State(code=code, names={"en": f"State {code}"}, languages=LANGUAGES[code]) for code in states
        },
        members_by_token=members,
        group_by_state=GROUPS,
        title_by_token={"AFR": "African States", "APG": "Asia-Pacific States"},
    )


def make_taxonomy() -> Taxonomy:
    areas = [
        Area(code="GOV", parent=None, titles={"en": "Policy and governance"}),
        Area(
            code="GOV.1",
            parent="GOV",
            titles={"en": "National strategy"},
            terms={"en": ("cybersecurity strategy",), "fr": ("stratégie nationale",)},
        ),
        Area(code="GOV.9", parent="GOV", titles={"en": "Old strategy"}, successor="GOV.1"),
        Area(code="IRC", parent=None, titles={"en": "Incident response"}),
        Area(
            code="IRC.1",
            parent="IRC",
            titles={"en": "National CSIRT"},
            terms={"en": ("CSIRT", "incident response team"), "zh": ("应急响应",), "ar": ("فريق الاستجابة",)},
        ),
        Area(code="IRC.2", parent="IRC", titles={"en": "CSIRT maturity"}, terms={"en": ("maturity of teams",)}),
        Area(
            code="CRI",
            parent=None,
            titles={"en": "Cybercrime"},
            terms={"en": ("digital forensics", "cybercrime"), "ru": ("киберпреступность",)},
        ),
    ]
    modes = {Mode.TRAINING: {"en": ("training", "workshop")}, Mode.DRAFTING: {"en": ("drafting",)}}
    outside = {"en": ("customs", "weapons of mass destruction"), "fr": ("douanes",)}
    return Taxonomy("test", {area.code: area for area in areas}, modes, outside)


def make_reference() -> Reference:
    background = Background(
        name="background-1",
        n_texts=100,
        # As many other common words as a corpus has: without them every text would be general.
        document_frequency={"train": 60, "nation": 50, "support": 40, "strategi": 10, "csirt": 8}
        | {f"common{at}": 50 for at in range(60)},
        stop_words=frozenset({"the", "of", "and", "a", "for", "in"}),
    )
    return Reference(geography=make_geography(), taxonomy=make_taxonomy(), background=background)


def make_profile(**changes: Any) -> ScoringProfile:
    weights = {"area": 3, "text": 3, "mode": 1, "language": 1, "geography": 1, "time": 1, "budget": 1, "freshness": 1}
    document = {
        "name": "test",
        "version": "1",
        "weights": weights,
        "neutral": 0.5,
        "minimum_score": 0.0,
        "equity_floor": {},
    }
    return replace(parse_profile(document), **changes)


def only(component: Component) -> ScoringProfile:
    """Return a profile in which one component decides."""
    return make_profile(weights={name: float(name is component) for name in Component})


def make_need(need_id: str = "N1", **changes: Any) -> Need:
    need = Need(
        need_id=need_id,
        states=("XAA",),
        title="Support with a cybersecurity strategy",
        description="Drafting of the national strategy.",
        visibility=Visibility.PUBLIC,
    )
    return replace(need, **changes)


def make_offer(offer_id: str = "O1", **changes: Any) -> Offer:
    offer = Offer(
        offer_id=offer_id,
        provider="Provider A",
        title="Help with strategies",
        description="Drafting support for a national cybersecurity strategy.",
        visibility=Visibility.PUBLIC,
    )
    return replace(offer, **changes)


def make_candidate(state: str, **changes: Any) -> TandemCandidate:
    candidate = TandemCandidate(state=state, area_code="GOV.1", capacity_level=3, role=TandemRole.EITHER)
    return replace(candidate, **changes)


def make_pool(*records: Need | Offer | TandemCandidate) -> Pool:
    return Pool(
        needs=tuple(item for item in records if isinstance(item, Need)),
        offers=tuple(item for item in records if isinstance(item, Offer)),
        tandem_candidates=tuple(item for item in records if isinstance(item, TandemCandidate)),
    )
