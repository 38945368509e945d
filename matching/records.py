"""Needs, offers and tandem candidates as the matcher sees them: immutable values, already checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from matching.vocabulary import Basis, Mode, TandemRole, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one State, or several jointly, ask for in one subject.

    ``need_id`` is unique in a pool. ``states`` are ISO 3166-1 alpha-3 codes, sorted. Empty ``area_codes``, ``modes``
    or ``languages`` mean that the record says nothing. ``earliest_on`` and ``latest_on`` include both ends; ``None``
    is open-ended. ``priority`` is 1–5 (5 most urgent), ``gap`` 0–5, ``budget`` the sum sought in ``currency``.
    ``excluded_providers`` is confidential.
    """

    need_id: str
    states: tuple[str, ...]
    title: str
    description: str = ""
    area_codes: tuple[str, ...] = ()
    areas_basis: Basis = Basis.STATED
    modes: tuple[Mode, ...] = ()
    modes_basis: Basis = Basis.STATED
    languages: tuple[str, ...] = ()
    earliest_on: date | None = None
    latest_on: date | None = None
    priority: int = 3
    gap: int | None = None
    budget: Decimal | None = None
    currency: str | None = None
    audience: str = ""
    outcome: str = ""
    underway: str = ""
    excluded_providers: tuple[str, ...] = ()
    visibility: Visibility = Visibility.SECRETARIAT
    source_url: str = ""

    @property
    def is_private(self) -> bool:
        """Whether nobody but its owner may see the need."""
        return self.visibility is Visibility.PRIVATE

    def has_closed_on(self, day: date) -> bool:
        """Return whether the need's last useful day lies before the day given."""
        return self.latest_on is not None and self.latest_on < day


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one provider offers.

    ``eligible`` holds tokens: ISO alpha-3 codes, UN regional groups, M49 codes, bloc codes, LDC/LLDC/SIDS or ``*``.
    ``capacity`` is how many needs it can serve; 0 is listed and never allocated. ``available_from_on`` and
    ``available_until_on`` include both ends. ``budget`` is the sum per place in ``currency``.
    """

    offer_id: str
    provider: str
    title: str
    description: str = ""
    area_codes: tuple[str, ...] = ()
    areas_basis: Basis = Basis.STATED
    modes: tuple[Mode, ...] = ()
    modes_basis: Basis = Basis.STATED
    languages: tuple[str, ...] = ()
    eligible: tuple[str, ...] = ("*",)
    capacity: int = 1
    available_from_on: date | None = None
    available_until_on: date | None = None
    budget: Decimal | None = None
    currency: str | None = None
    funder: str = ""
    confirmed_on: date | None = None
    visibility: Visibility = Visibility.SECRETARIAT
    source_url: str = ""

    @property
    def is_private(self) -> bool:
        """Whether nobody but its owner may see the offer."""
        return self.visibility is Visibility.PRIVATE


@dataclass(frozen=True, slots=True, kw_only=True)
class TandemCandidate:
    """A State that volunteers for a tandem in one area.

    ``capacity_level`` is 0–5; ``max_partners`` counts only where the State leads.
    """

    state: str
    area_code: str
    capacity_level: int
    role: TandemRole
    max_partners: int = 1
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an engagement between one or several States and a provider.

    ``outcome_id`` is unique in a pool. ``area_codes`` and ``modes`` are those of the work done. The ratings are 1–5 (5
    best), ``None`` where that side has said nothing; ``ended_on`` is ``None`` while the engagement is under way.
    """

    outcome_id: str
    states: tuple[str, ...]
    provider: str
    area_codes: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    rating_by_state: int | None = None
    rating_by_provider: int | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Everything one run matches: needs and offers, States that volunteer for tandems, and what came of earlier work."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    tandem_candidates: tuple[TandemCandidate, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
