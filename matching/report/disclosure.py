"""Which records the report may name: those that Member States may see; others appear by id only, private ones never."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from matching.matches import Brief, allocated_briefs, allocated_ids, matches_of_needs
from matching.records import Need, Offer
from matching.reference import Geography
from matching.results import Match, Reading, RunResult, Tandem
from matching.vocabulary import TandemKind

FEWEST_STATES: Final = 5
"""An offer open to fewer States is not named beside a need shown by its id: among two to four, the others know whose
it is. Five are the smallest groups that programmes are made for, such as Central Asia or the Arab Maghreb Union."""


class Disclosure:
    """Tells for each record of a run whether the report may say more of it than its id."""

    def __init__(self, result: RunResult, geography: Geography) -> None:
        self.needs: tuple[Need, ...] = tuple(need for need in result.needs if not need.is_private)
        self.offers: tuple[Offer, ...] = tuple(offer for offer in result.offers if not offer.is_private)
        self._need_by_id = {need.need_id: need for need in self.needs}
        self._offer_by_id = {offer.offer_id: offer for offer in self.offers}
        self._result, self._geography = result, geography
        self._visibilities_by_place = _visibilities(self.needs, result.reading_by_need_id)

    @property
    def n_by_id_only(self) -> int:
        """How many records appear by their id only."""
        records: tuple[Need | Offer, ...] = (*self.needs, *self.offers)
        return sum(not record.visibility.is_for_members for record in records)

    def named_need(self, need_id: str) -> Need | None:
        """Return the need where its title and States may be shown, else None."""
        need = self._need_by_id.get(need_id)
        return need if need is not None and need.visibility.is_for_members else None

    def named_offer(self, offer_id: str) -> Offer | None:
        """Return the offer where its title and provider may be shown, else None."""
        offer = self._offer_by_id.get(offer_id)
        return offer if offer is not None and offer.visibility.is_for_members else None

    def offer_beside(self, need_id: str, offer_id: str) -> Offer | None:
        """Return the offer where its title and provider may be shown in a line of the need, else None.

        Beside a need that is shown by id only, an offer that is open to few States would tell whose need it is.
        """
        offer = self.named_offer(offer_id)
        if offer is None or self.named_need(need_id) is not None:
            return offer
        admitted = frozenset[str]().union(*(self._geography.members_by_token.get(t, ()) for t in offer.eligible))
        is_open_to_many = len(admitted) >= min(FEWEST_STATES, len(self._geography.state_by_code))
        return offer if is_open_to_many else None

    def may_split(self, need_id: str) -> bool:
        """Return whether what each component adds may be shown: its geography tells how few States a need is one of."""
        return self.named_need(need_id) is not None

    @cached_property
    def served_need_ids(self) -> frozenset[str]:
        """The needs with an allocated offer, neither of which is private."""
        pairs = allocated_ids(self._result.matches)
        return frozenset(
            need_id for need_id, offer_id in pairs if need_id in self._need_by_id and offer_id in self._offer_by_id
        )

    def allocated_briefs(self, *, with_reasons: bool) -> tuple[Brief, ...]:
        """Return the allocated matches of which neither side is private, by need id, in one line each."""
        briefs = allocated_briefs(self._result.matches, with_reasons=with_reasons)
        return tuple(filter(self._is_shown, briefs))

    def matches_of(self, needs: Sequence[Need]) -> tuple[Match, ...]:
        """Return the matches of some needs of which neither side is private, by need id, then rank."""
        matches = matches_of_needs(self._result.matches, (need.need_id for need in needs))
        return tuple(match for match in matches if self._is_shown(match))

    def _is_shown(self, match: Match | Brief) -> bool:
        return match.need_id in self._need_by_id and match.offer_id in self._offer_by_id

    def has_need(self, need_id: str) -> bool:
        """Return whether the need may appear at all."""
        return need_id in self._need_by_id

    def has_offer(self, offer_id: str) -> bool:
        """Return whether the offer may appear at all."""
        return offer_id in self._offer_by_id

    def may_explain(self, need_id: str, offer_id: str) -> bool:
        """Return whether sentences about the pair may be shown: they name States and what the texts share."""
        return self.named_need(need_id) is not None and self.named_offer(offer_id) is not None

    def may_name_tandem(self, tandem: Tandem) -> bool:
        """Return whether the States may be named.

        Leads and partners volunteered. Peers are read out of needs: each State has to have a need in the area that
        Member States may see.
        """
        if tandem.kind is not TandemKind.PEER:
            return True
        return all(self._needs_in_area(state, tandem.area_code, named=True) for state in states_of(tandem))

    def may_explain_tandem(self, tandem: Tandem) -> bool:
        """Return whether the reasons may be shown: those of peers name needs, none of which may be by id only."""
        if tandem.kind is not TandemKind.PEER:
            return True
        states = states_of(tandem)
        is_any_hidden = any(self._needs_in_area(state, tandem.area_code, named=False) for state in states)
        return self.may_name_tandem(tandem) and not is_any_hidden

    def _needs_in_area(self, state: str, area_code: str, *, named: bool) -> bool:
        """Return whether the State has a need in the area that may be named, or one that may not."""
        return named in self._visibilities_by_place.get((state, area_code), ())


def states_of(tandem: Tandem) -> tuple[str, ...]:
    """Return all States of a tandem, the lead first."""
    return (tandem.lead, *tandem.partners)


def _visibilities(needs: Sequence[Need], readings: Mapping[str, Reading]) -> dict[tuple[str, str], set[bool]]:
    """Return for each State and area, or area above it, whether a need in it may be named; both where some may."""
    found: dict[tuple[str, str], set[bool]] = {}
    for need in needs:
        codes = readings[need.need_id].area_codes
        places = {(state, place) for state in need.states for code in codes for place in (code, code.split(".")[0])}
        for place in places:
            found.setdefault(place, set()).add(need.visibility.is_for_members)
    return found
