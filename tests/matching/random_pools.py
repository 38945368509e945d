"""Pools of any size drawn by chance from the small world, with every way in which a record can speak or be silent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from matching.records import Need, Offer, Outcome, Pool
from matching.vocabulary import Basis, Mode
from tests.matching.worlds import LANGUAGES, TODAY, make_need, make_offer

_WORDS = (
    *("cybersecurity", "strategy", "strategies", "national", "CSIRT", "incident", "response", "team", "training"),
    *("workshop", "digital", "forensics", "cybercrime", "stratégie", "nationale", "киберпреступность", "应急响应"),
    *("policy", "law", "judges", "exercise", "maturity", "of", "the", "2018", "drafting", "support", "harbour"),
)
_AREAS = ("GOV", "GOV.1", "GOV.9", "IRC", "IRC.1", "IRC.2", "CRI")
_MODES = (Mode.TRAINING, Mode.DRAFTING, Mode.EXERCISE)
_LANGUAGES = ("en", "fr", "ru")
_ELIGIBLE = ("*", "AFR", "APG", "XAA", "XAB", "XBA", "XCA", "XZZ")


def random_pool(seed: int, *, n_needs: int, n_offers: int) -> Pool:
    """Return needs, offers and what came of earlier work, drawn by chance; the same for the same seed."""
    chance = np.random.default_rng(seed)
    return Pool(
        needs=tuple(_need(chance, f"N{at:05d}") for at in range(n_needs)),
        offers=tuple(_offer(chance, f"O{at:05d}") for at in range(n_offers)),
        outcomes=tuple(_outcome(chance, f"E{at:05d}") for at in range(20)),
    )


def _some(chance: np.random.Generator, names: tuple[Any, ...], most: int) -> tuple[Any, ...]:
    chosen = chance.choice(len(names), size=chance.integers(0, most + 1), replace=False)
    return tuple(names[at] for at in sorted(chosen))


def _spoken(chance: np.random.Generator) -> dict[str, Any]:
    """Return what needs and offers have in common: text, areas, modes, languages, and sums."""
    areas = _some(chance, _AREAS, 3) if chance.random() < 0.5 else ()
    return {
        "title": " ".join(chance.choice(_WORDS, size=chance.integers(0, 5))),
        "description": " ".join(chance.choice(_WORDS, size=chance.integers(0, 12))),
        "area_codes": areas,
        "areas_basis": Basis.READ if chance.random() < 0.2 else Basis.STATED,
        "modes": _some(chance, _MODES, 2),
        "languages": _some(chance, _LANGUAGES, 2),
        "budget": Decimal(int(chance.integers(0, 5)) * 1000) if chance.random() < 0.5 else None,
        "currency": str(chance.choice(["EUR", "USD"])),
    }


def _day(chance: np.random.Generator, *, earliest: int, latest: int, is_known: float) -> date | None:
    return TODAY + timedelta(days=int(chance.integers(earliest, latest))) if chance.random() < is_known else None


def _need(chance: np.random.Generator, need_id: str) -> Need:
    n_states = 1 if chance.random() < 0.85 else 2
    return make_need(
        need_id,
        states=tuple(sorted(chance.choice(sorted(LANGUAGES), size=n_states, replace=False).tolist())),
        earliest_on=_day(chance, earliest=-200, latest=100, is_known=0.5),
        latest_on=_day(chance, earliest=-10, latest=900, is_known=0.5),
        priority=int(chance.integers(1, 6)),
        excluded_providers=_some(chance, ("Provider 1", "provider 2"), 1) if chance.random() < 0.2 else (),
        **_spoken(chance),
    )


def _offer(chance: np.random.Generator, offer_id: str) -> Offer:
    return make_offer(
        offer_id,
        provider=f"Provider {chance.integers(0, 5)}",
        eligible=_some(chance, _ELIGIBLE, 3) or ("*",),
        capacity=int(chance.integers(0, 4)),
        available_from_on=_day(chance, earliest=-200, latest=200, is_known=0.4),
        available_until_on=_day(chance, earliest=-20, latest=900, is_known=0.4),
        confirmed_on=_day(chance, earliest=-900, latest=10, is_known=0.6),
        **_spoken(chance),
    )


def _outcome(chance: np.random.Generator, outcome_id: str) -> Outcome:
    return Outcome(
        outcome_id=outcome_id,
        states=_some(chance, tuple(sorted(LANGUAGES)), 2) or ("XAA",),
        provider=f"Provider {chance.integers(0, 4)}",
        area_codes=_some(chance, _AREAS, 2),
        modes=_some(chance, _MODES, 2),
        rating_by_state=int(chance.integers(1, 6)) if chance.random() < 0.8 else None,
        ended_on=_day(chance, earliest=-900, latest=100, is_known=0.9),
    )
