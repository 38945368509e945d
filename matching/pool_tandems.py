"""The tandems of a pool: States that volunteer, and States whose needs are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from matching.joint_needs import draft_joint_need
from matching.model import Model
from matching.peers import PeerNeed, peer_areas, propose_peer_tandems
from matching.records import TandemCandidate
from matching.reference import Reference
from matching.results import Tandem
from matching.tandems import propose_led_tandems, resolve_candidates


def propose_tandems(
    model: Model, candidates: Sequence[TandemCandidate], reference: Reference, *, as_of_on: date
) -> tuple[Tandem, ...]:
    """Return the tandems of a pool, by area, kind and lead: those that a volunteer leads, then peers among the others.

    Two peers may file jointly; each such tandem has the draft of their need.
    """
    led = propose_led_tandems(resolve_candidates(candidates, reference.taxonomy), reference.geography)
    taken: dict[str, frozenset[str]] = {}
    for tandem in led:
        taken[tandem.area_code] = taken.get(tandem.area_code, frozenset()) | {tandem.lead, *tandem.partners}
    peers = propose_peer_tandems(_peer_needs(model, as_of_on=as_of_on), model.need_vectors, reference, taken=taken)
    peers = _with_joint_needs(peers, model, reference)
    return tuple(sorted([*led, *peers], key=lambda item: (item.area_code, item.kind, item.lead, item.partners)))


def _with_joint_needs(peers: Sequence[Tandem], model: Model, reference: Reference) -> list[Tandem]:
    need_by_id, readings = {need.need_id: need for need in model.needs}, model.reading_by_need_id
    tandems: list[Tandem] = []
    for tandem in peers:
        one, other = (need_by_id[need_id] for need_id in tandem.need_ids)
        draft = draft_joint_need(one, other, readings, area_code=tandem.area_code, reference=reference)
        tandems.append(replace(tandem, joint_need=draft))
    return tandems


def _peer_needs(model: Model, *, as_of_on: date) -> list[PeerNeed]:
    """Return the open needs of single States; a joint need has found its peers."""
    return [
        PeerNeed(
            need_id=need.need_id,
            state=need.states[0],
            area_codes=peer_areas(model.need_readings[row]),
            position=row,
            languages=need.languages,
            earliest_on=need.earliest_on,
            latest_on=need.latest_on,
        )
        for row, need in enumerate(model.needs)
        if len(need.states) == 1 and not need.has_closed_on(as_of_on)
    ]
