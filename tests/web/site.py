"""A small site for the tests of the pages: a few public records, a run, and records that nobody may see."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.matches.models import MatchRun, MatchRunFile, Tandem
from app.needs.models import Need
from app.offers.models import Offer
from app.states.models import GroupScheme
from matching.output import MATCH_COLUMNS, TANDEM_COLUMNS, UNMET_COLUMNS
from matching.vocabulary import Basis, Component, TandemKind, UnmetReason, Visibility
from tests.factories import (
    create_area,
    create_group,
    create_match,
    create_match_run,
    create_membership,
    create_need,
    create_offer,
    create_scoring_profile,
    create_state,
    create_tandem,
    create_unmet_need,
)
from tests.factories.answers import create_coalition, create_pool_change, create_sensitivity

SECRET: Final = "Zzyzx"  # stands in every field of the records that nobody may see
N_MORE_NEEDS: Final = 30  # so that the list of needs has a second page

WEIGHTS: Final = {Component.AREA: 0.4, Component.TEXT: 0.5, Component.TIME: 0.06, Component.BUDGET: 0.04}

PROFILE: Final = {
    "name": "default",
    "version": "1",
    "weights": WEIGHTS,
    "neutral": {component.value: 0.5 for component in Component},
    "minimum_score": 0.3,
}

FAIRNESS: Final = {
    "groups": [
        {"group": "LDC", "floor": 0.5, "open": 3, "needed": 2, "served": 1, "served_without": 0, "reached": False}
    ],
    "with_floor": {"served": 1, "worth": 0.7, "score": 0.7},
    "without_floor": {"served": 1, "worth": 0.73, "score": 0.73},
    "price": {"worth": 0.03, "score": 0.03},
    "proven": True,
}

CONTRIBUTIONS: Final = [
    {
        "component": Component.AREA,
        "value": 1.0,
        "share": 0.4,
        "message": "Both are about %(asked)s.",
        "values": {"asked": "Incident response (IRC)"},
    },
    {
        "component": Component.TEXT,
        "value": 0.5,
        "share": 0.25,
        "message": "The texts share: %(words)s.",
        "values": {"words": "cert, incident"},
    },
    {
        "component": Component.TIME,
        "value": 1.0,
        "share": 0.06,
        "message": "The offer is available for %(percent)s%% of the need's window.",
        "values": {"percent": 80},
    },
    {
        "component": Component.BUDGET,
        "value": None,
        "share": 0.02,
        "message": "Need and offer name no sums in one currency.",
        "values": {},
    },
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The ids of what the site shows and of what it hides."""

    served_need_id: UUID
    unmet_need_id: UUID
    hidden_need_id: UUID
    offer_id: UUID
    hidden_offer_id: UUID
    run_id: UUID
    run_before_id: UUID
    peers_id: UUID
    hidden_run_id: UUID

    @property
    def addresses(self) -> dict[str, str]:
        """One address of each kind of page, by name."""
        return {
            "home": "/",
            "about the data": "/about-data",
            "areas": "/areas",
            "area": "/areas/IRC",
            "states": "/states",
            "state": "/states/XAA",
            "needs": "/needs",
            "served need": f"/needs/{self.served_need_id}",
            "unmet need": f"/needs/{self.unmet_need_id}",
            "advice": f"/needs/{self.unmet_need_id}/advice",
            "offers": "/offers",
            "offer": f"/offers/{self.offer_id}",
            "principles": "/principles",
            "runs": "/match-runs",
            "run": f"/match-runs/{self.run_id}",
            "joint need": f"/match-runs/{self.run_id}/joint-needs/{self.peers_id}",
            "comparison": f"/match-runs/comparison?before={self.run_before_id}&after={self.run_id}",
            "no such page": "/no-such-page",
        }


def build_site(session: Session) -> Site:
    """Store the records of the site."""
    _build_reference(session)
    served, unmet = _build_needs(session)
    offer = create_offer(
        session,
        external_id="offer-a",
        provider="First Provider",
        title="Course for incident responders",
        eligible=("AFR", "XAB"),
        source_url="https://example.org/offers/1",
        is_sample=True,
    )
    run_before = _build_run_before(session, served, unmet, offer)
    run = _build_run(session, served, unmet, offer)
    hidden_need, hidden_offer, hidden_run = _build_hidden(session)
    return Site(
        served_need_id=served.id,
        unmet_need_id=unmet.id,
        hidden_need_id=hidden_need.id,
        offer_id=offer.id,
        hidden_offer_id=hidden_offer.id,
        run_id=run.id,
        run_before_id=run_before.id,
        peers_id=session.scalars(select(Tandem.id).filter_by(run_id=run.id, kind=TandemKind.PEER)).one(),
        hidden_run_id=hidden_run.id,
    )


def _build_reference(session: Session) -> None:
    names = {"name_en": "Aland", "name_fr": "Alandie", "name_ar": "ألاند"}
    state = create_state(session, "XAA", **names)
    create_state(session, "XAB", name_en="Beland")
    africa = create_group(session, "AFR", title_en="African States")
    create_membership(session, state, africa)
    create_membership(session, state, create_group(session, "LDC", GroupScheme.STATUS, title_en="Least developed"))
    create_area(
        session,
        "IRC",
        title_en="Incident response",
        title_ar="الاستجابة للحوادث",
        scope_en="Teams that handle incidents.",
        links=(("gfce", "B1"),),
        terms=(("en", "csirt"), ("fr", "équipe d'intervention")),
    )
    create_area(session, "IRC.1", title_en="National CERT")
    create_area(session, "LAW", title_en="International law", is_adjacent=True)


def _build_needs(session: Session) -> tuple[Need, Need]:
    served = create_need(
        session,
        external_id="need-a",
        title='A CERT for <Aland> & "others"',
        description="<script>alert(1)</script> Twelve analysts.",
        areas=("IRC.1",),
        areas_basis=Basis.READ,
        modes_basis=Basis.INFERRED,
        stated_on="2018-06",
        source_url="https://example.org/needs/1",
        audience="judges",
        is_sample=True,
    )
    unmet = create_need(session, external_id="need-b", title="Drafting a law", areas=("LAW",), states=("XAA", "XAB"))
    for number in range(N_MORE_NEEDS):
        create_need(session, external_id=f"need-c{number:02}", title=f"Exercise {number}", modes=("exercise",))
    return served, unmet


def _build_hidden(session: Session) -> tuple[Need, Offer, MatchRun]:
    need = create_need(
        session,
        external_id=f"need-{SECRET}",
        title=SECRET,
        description=SECRET,
        areas=("LAW",),
        states=("XAA",),
        visibility=Visibility.PROVIDERS,
    )
    offer = create_offer(
        session,
        external_id=f"offer-{SECRET}",
        provider=SECRET,
        title=SECRET,
        description=SECRET,
        visibility=Visibility.SECRETARIAT,
    )
    hidden_run = create_match_run(session, visibility=Visibility.SECRETARIAT, ranking_sha256="f" * 64)
    create_match(session, run=hidden_run, need=need, offer=offer)
    for name in ("matches.csv", "report.html"):
        session.add(MatchRunFile(run_id=hidden_run.id, name=name, content=zlib.compress(b"-"), sha256="5" * 64))
    return need, offer, hidden_run


def _build_run_before(session: Session, served: Need, unmet: Need, offer: Offer) -> MatchRun:
    """Store a run of the day before, in which the other need had the offer."""
    counts = {"needs": 2, "offers": 1, "private": 0, "eligible_pairs": 1, "allocated": 1, "unmet": 1}
    profile = create_scoring_profile(session, document=PROFILE)
    run = create_match_run(session, profile=profile, counts=counts, as_of_on=date(2026, 3, 1))
    create_match(session, run=run, need=unmet, offer=offer, score=0.6, contributions=CONTRIBUTIONS)
    create_unmet_need(session, run=run, need=served)
    _build_files(session, run)
    return run


def _build_run(session: Session, served: Need, unmet: Need, offer: Offer) -> MatchRun:
    counts = {"needs": 2, "offers": 1, "private": 0, "eligible_pairs": 1, "allocated": 1, "unmet": 1}
    profile = create_scoring_profile(session, document=PROFILE)
    run = create_match_run(session, profile=profile, counts=counts)
    create_match(session, run=run, need=served, offer=offer, score=0.73, contributions=CONTRIBUTIONS)
    create_unmet_need(
        session,
        run=run,
        need=unmet,
        reason=UnmetReason.CAPACITY_TAKEN,
        nearest_offer_id=offer.id,
        detail={"message": "Its best offer serves another need.", "values": {}},
        would_match_if={"message": "One more place in the offer %(offer)s.", "values": {"offer": "offer-a"}},
    )
    create_state(session, "XAB")
    create_tandem(session, run=run)
    _build_answers(session, run, needs=(served, unmet), offer=offer)
    _build_files(session, run)
    return run


def _build_answers(session: Session, run: MatchRun, *, needs: tuple[Need, Need], offer: Offer) -> None:
    """Store what the run answers beside its matches, with the draft of a joint need."""
    served, unmet = needs
    run.options, run.fairness = {"max_coalition": 3, "equity_floor": {"LDC": 0.5}}, FAIRNESS
    tie = {"message": "The first two offers have the same score: treat them as equal.", "values": {}}
    create_sensitivity(session, run=run, need=served, offer=offer, is_toss_up=True, n_first=40, told=[tie])
    create_coalition(session, run=run, need=served, offers=(offer,))
    create_pool_change(session, run=run, needs=(unmet,), offers=(offer,))
    create_tandem(session, run=run, kind=TandemKind.PEER, joint_need=joint_need_of(served, unmet))


def joint_need_of(one: Need, other: Need) -> dict[str, object]:
    """Return the draft of a joint need as a run keeps it."""
    values = {"states": "Aland, Beland", "area": "Incident response (IRC)"}
    return {
        "need_ids": [str(one.id), str(other.id)],
        "states": ["XAA", "XAB"],
        "area_codes": ["IRC"],
        "modes": ["training"],
        "languages": ["en", "fr"],
        "earliest_on": "2026-05-01",
        "latest_on": None,
        "priority": 4,
        "title": {"message": "Joint request of %(states)s: %(area)s", "values": values},
        "text": [{"message": "Both can work in %(languages)s.", "values": {"languages": "en, fr"}}],
    }


def _build_files(session: Session, run: MatchRun) -> None:
    contents = {
        "matches.csv": _matches_csv(),
        "unmet.csv": _csv(UNMET_COLUMNS, {"need_id": "need-b", "reason": "capacity_taken", "detail": "=cmd|calc"}),
        "tandems.csv": _csv(TANDEM_COLUMNS, {"area": "IRC", "lead": "XAA", "partners": "XAB", "kind": "lead"}),
        "report.html": b"<!doctype html><title>R</title>",
    }
    for name, content in contents.items():
        file = MatchRunFile(run_id=run.id, name=name, content=zlib.compress(content), sha256="4" * 64)
        session.add(file)


def _matches_csv() -> bytes:
    cells = {"need_id": "need-a", "offer_id": "offer-a", "rank": "1", "score": "0.730000", "allocated": "1"}
    return _csv(MATCH_COLUMNS, cells)


def _csv(columns: tuple[str, ...], cells: dict[str, str]) -> bytes:
    """Return a file of one row."""
    rows = (columns, [cells.get(column, "") for column in columns])
    return "".join(",".join(row) + "\r\n" for row in rows).encode()
