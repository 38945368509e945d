"""The tables of pages that are no exports of their own: how scores add up, and what a run comes to in figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.actor import Actor
from app.matches import queries as matches
from app.matches.models import Match
from app.needs import queries as needs
from app.needs.models import Need
from app.offers import queries as offers
from app.offers.models import Offer
from app.organizations.importing import qualified_id
from app.organizations.models import Organization
from app.reports.coverage import coverage_of_run
from app.reports.findings import count_unmet_by_reason
from app.reports.weights import weights_of
from app.tables import Cell, Table

CONTRIBUTION_COLUMNS: Final = (
    "need_id",
    "need",
    "offer_id",
    "offer",
    "provider",
    "rank",
    "score",
    "allocated",
    "component",
    "likeness",
    "adds",
)


def contributions_of_need(session: Session, actor: Actor, need_id: UUID) -> Table:
    """Return how the score of each offer for a need adds up in the newest run."""
    need = needs.get_need(session, actor, need_id)
    run = matches.find_latest_run(session, actor)
    found = matches.matches_of_need(session, actor, run.id, need.id) if run else ()
    return _contributions(session, actor, [(match, need, match.offer) for match in found])


def contributions_of_offer(session: Session, actor: Actor, offer_id: UUID) -> Table:
    """Return how the score of an offer for each need adds up in the newest run."""
    offer = offers.get_offer(session, actor, offer_id)
    run = matches.find_latest_run(session, actor)
    found = matches.matches_of_offer(session, actor, run.id, offer.id) if run else ()
    return _contributions(session, actor, [(match, match.need, offer) for match in found])


def unmet_reasons(session: Session, actor: Actor, run_id: UUID) -> Table:
    """Return how many needs of a run went unmet for each reason."""
    n_by_reason = count_unmet_by_reason(session, actor, run_id)
    return Table(name="unmet-reasons", columns=("reason", "needs"), rows=iter(n_by_reason.items()))


def coverage(session: Session, actor: Actor, run_id: UUID) -> Table:
    """Return how many needs of each group a run held, and how many of them it served."""
    found = coverage_of_run(session, actor, matches.get_run(session, actor, run_id))
    rows = ((row.scheme.value, row.code, row.n_needs, row.n_served, _ratio(row.served_share)) for row in found)
    return Table(name="coverage", columns=("scheme", "group", "needs", "served", "served_share"), rows=rows)


def weights(session: Session, actor: Actor, run_id: UUID) -> Table:
    """Return what each component can add to a score of a run at most."""
    shares = weights_of(matches.get_run(session, actor, run_id)).by_component
    rows = ((component, _ratio(share)) for component, share in shares.items())
    return Table(name="weights", columns=("component", "share"), rows=rows)


def _contributions(session: Session, actor: Actor, found: Sequence[tuple[Match, Need, Offer]]) -> Table:
    clear = ClearIds(session, actor)
    rows = (row for match, need, offer in found for row in _parts(match, need, offer, clear))
    return Table(name="contributions", columns=CONTRIBUTION_COLUMNS, rows=rows)


def _parts(match: Match, need: Need, offer: Offer, clear: ClearIds) -> Iterator[Sequence[Cell]]:
    pair = (clear.of(need), need.title, clear.of(offer), offer.title, offer.provider)
    for part in match.contributions:
        likeness = None if part["value"] is None else _ratio(part["value"])
        scored = (match.rank, _ratio(match.score), match.is_allocated, part["component"], likeness)
        yield (*pair, *scored, _ratio(part["share"]))


class ClearIds:
    """Gives a record the id that it has in every other table."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._ambiguous = {
            Need: needs.ambiguous_external_ids(session, actor),
            Offer: offers.ambiguous_external_ids(session, actor),
        }

    def of(self, record: Need | Offer) -> str:
        """Return the record's external id, with its organization's code before it where that is needed."""
        if record.external_id not in self._ambiguous[type(record)]:
            return record.external_id
        organization = self._session.get_one(Organization, record.organization_id)
        return qualified_id(organization.code, record.external_id)


def _ratio(value: float) -> str:
    return f"{value:.6f}"
