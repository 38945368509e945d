"""Every service that asks for a permission, for every role, with no address between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.credentials import issue_link, remove_second_factor
from app.accounts.models import User
from app.accounts.services import NewUser, add_user, remove_affiliation, set_disabled
from app.actor import SYSTEM, Actor, Role
from app.areas import drafts
from app.areas.incidents import load_incidents
from app.areas.models import AreaRelease
from app.areas.release_queries import list_releases
from app.areas.releases import adopt_draft, discard_draft
from app.areas.services import load_areas
from app.assessments.counting import let_count
from app.assessments.files import read_answer_file
from app.assessments.loading import load_questionnaire
from app.assessments.models import Assessment
from app.assessments.statistic_queries import list_page as list_statistics
from app.assessments.statistics_release import release_statistics
from app.db import KEYRING_INFO
from app.errors import ForbiddenError
from app.matches import sample, scoring_profiles, services
from app.matches.services import RunOrder
from app.needs import entries as need_entries
from app.needs import services as need_services
from app.needs.models import Need
from app.offers import entries as offer_entries
from app.offers import services as offer_services
from app.offers.checklists import change_checklist
from app.offers.labels import LabelAction, LabelDecision, decide_on_label
from app.offers.models import Offer
from app.offers.principles import load_principles
from app.organizations.importing import FileImport
from app.organizations.models import Organization, OrganizationKind
from app.organizations.services import NewOrganization, register
from app.paging import PageRequest
from app.states.services import load_states
from tests.access import told_twice
from tests.access.site import Site
from tests.factories import create_organization
from tests.factories.accounts import create_user
from tests.support.keys import KEYRING

NOWHERE: Final = Path("/no/such/folder")
A_NEED: Final = "id,state,title,areas,modes,visibility\nnew,XAA,Train our team,IRC,training,{}\n"
AN_OFFER: Final = "id,provider,title,areas,modes,visibility\nnew,First Provider,A course,IRC,training,private\n"

Operation = Callable[[Session, Actor, str], object]


def _file(content: str, owner: str) -> FileImport:
    return FileImport(content=content.encode(), name="file.csv", organization_code=owner)


def _store_needs(visibility: str) -> Operation:
    def store(session: Session, actor: Actor, owner: str) -> None:
        found = need_services.read_need_file(session, SYSTEM, _file(A_NEED.format(visibility), owner))
        need_services.store_needs(session, actor, found)

    return store


def _store_offers(session: Session, actor: Actor, owner: str) -> None:
    found = offer_services.read_offer_file(session, SYSTEM, _file(AN_OFFER, owner))
    offer_services.store_offers(session, actor, found)


def _change(kind: Any, model: type[Need | Offer]) -> Operation:
    """Return the change of a record that asks nobody else: reading and storing are left out."""
    alone = replace(kind, read=lambda *_, **__: _Unread(), store=lambda *_, **__: None)

    def change(session: Session, actor: Actor, owner: str) -> None:
        organization = _organization(session, owner)
        record = session.scalars(select(model).filter_by(organization_id=organization.id)).first()
        need_entries.change_record(session, actor, alone, record, {"title": "Mine"})

    return change


class _Unread:
    is_refused = False


def _organization(session: Session, owner: str) -> Organization:
    return session.scalars(select(Organization).filter_by(code=owner)).one()


def _person(session: Session, owner: str, role: str = "provider") -> User:
    return create_user(session, role, organization=_organization(session, owner))


def _offer(session: Session, owner: str) -> Offer:
    offer = select(Offer).filter_by(organization_id=_organization(session, owner).id)
    return session.scalars(offer.order_by(Offer.external_id)).first()


def _assessment(session: Session, owner: str) -> Assessment:
    return session.scalars(select(Assessment).filter_by(organization_id=_organization(session, owner).id)).first()


def _draft(session: Session) -> AreaRelease:
    return session.scalars(select(AreaRelease).filter_by(state="draft")).one()


def _remove(session: Session, actor: Actor, owner: str) -> None:
    person = _person(session, owner)
    remove_affiliation(session, actor, person.id, person.affiliations[0].id)


def _compute_run(session: Session, actor: Actor, owner: str) -> None:
    services.compute_run(session, actor, RunOrder(as_of_on=date(2026, 3, 2), profile_name="none"))


def _load_sample(session: Session, actor: Actor, owner: str) -> None:
    # Where there is its organization already, nobody is asked whether they may register one.
    create_organization(session, sample.SAMPLE_CODE)
    sample.load_sample(session, actor, folder=NOWHERE)


OPERATIONS: Final[dict[str, tuple[tuple[str, ...], Operation]]] = {
    "load areas": (("reference:load",), lambda session, actor, _: load_areas(session, actor, folder=NOWHERE)),
    "draft areas": (("area:draft",), lambda session, actor, _: drafts.begin_draft(session, actor)),
    "change areas of a draft": (
        ("area:draft",),
        lambda session, actor, _: drafts.change_areas(session, actor, _draft(session), {}),
    ),
    "discard a draft of areas": (
        ("area:draft",),
        lambda session, actor, _: discard_draft(session, actor, _draft(session)),
    ),
    "adopt areas": (
        ("area:adopt",),
        lambda session, actor, _: adopt_draft(session, actor, _draft(session), None, n_referring={}),  # type: ignore[arg-type]  # asked first
    ),
    "read releases of areas": (("area_release:read",), lambda session, actor, _: list_releases(session, actor)),
    "load incidents": (("reference:load",), lambda session, actor, _: load_incidents(session, actor, folder=NOWHERE)),
    "load principles": (
        ("reference:load",),
        lambda session, actor, _: load_principles(session, actor, folder=NOWHERE),
    ),
    "check an offer against the principles": (
        ("offer:edit",),
        lambda session, actor, owner: change_checklist(session, actor, _offer(session, owner), []),
    ),
    "label an offer": (
        ("offer:label",),
        lambda session, actor, owner: decide_on_label(
            session, actor, _offer(session, owner), LabelDecision(action=LabelAction.GRANT, reason="All is well.")
        ),
    ),
    "load the questionnaire": (
        ("reference:load",),
        lambda session, actor, _: load_questionnaire(session, actor, folder=NOWHERE),
    ),
    "release statistics": (("statistics:release",), lambda session, actor, _: release_statistics(session, actor)),
    "read statistics": (("statistics:read",), lambda session, actor, _: list_statistics(session, actor, PageRequest())),
    "let an assessment be counted": (
        ("assessment:submit",),
        lambda session, actor, owner: let_count(session, actor, _assessment(session, owner), is_counted=True),
    ),
    "read a file of answers": (
        ("assessment:draft",),
        lambda session, actor, owner: read_answer_file(session, actor, _file("item,priority\nGOV,5\n", owner)),
    ),
    "load States": (("reference:load",), lambda session, actor, _: load_states(session, actor, folder=NOWHERE)),
    "load profiles": (
        ("reference:load",),
        lambda session, actor, _: scoring_profiles.load_profiles(session, actor, folder=NOWHERE),
    ),
    "load the sample": (("sample:load",), _load_sample),
    "register an organization": (
        ("organization:create",),
        lambda session, actor, _: register(
            session, actor, NewOrganization(code="new", name="New", kind=OrganizationKind.STATE)
        ),
    ),
    "invite": (
        ("user:invite",),
        lambda session, actor, owner: add_user(
            session, actor, NewUser(email="new@example.org", organization_code=owner, role=Role.PROVIDER)
        ),
    ),
    "take a role away": (("user:invite",), _remove),
    "let somebody in": (
        ("user:invite",),
        lambda session, actor, owner: issue_link(session, actor, _person(session, owner).id),
    ),
    "disable": (
        ("user:disable",),
        lambda session, actor, owner: set_disabled(session, actor, _person(session, owner).id, is_disabled=True),
    ),
    "take a second factor away": (
        ("user:disable",),
        lambda session, actor, owner: remove_second_factor(session, actor, _person(session, owner).id),
    ),
    "read a file of needs": (
        ("need:draft",),
        lambda session, actor, owner: need_services.read_need_file(session, actor, _file(A_NEED.format(""), owner)),
    ),
    "draft needs": (("need:draft",), _store_needs("private")),
    "submit needs": (("need:draft", "need:submit"), _store_needs("secretariat")),
    "change a need": (("need:draft",), _change(need_entries._KIND, Need)),  # noqa: SLF001 – the kind as the API has it
    "read a file of offers": (
        ("offer:edit",),
        lambda session, actor, owner: offer_services.read_offer_file(session, actor, _file(AN_OFFER, owner)),
    ),
    "store offers": (("offer:edit",), _store_offers),
    "change an offer": (("offer:edit",), _change(offer_entries._KIND, Offer)),  # noqa: SLF001 – as above
    "compute a run": (("match_run:create",), _compute_run),
    "keep a run": (
        ("match_run:create",),
        lambda session, actor, _: services.record_run(session, actor, None),  # type: ignore[arg-type]  # asked first
    ),
}


def _is_done(session: Session, actor: Actor, owner: str, operation: Operation) -> bool:
    """Return whether the operation was not refused, whatever else became of it."""
    try:
        operation(session, actor, owner)
    except ForbiddenError:
        return False
    except Exception:  # noqa: BLE001 – it went on, which is the question
        return True
    return True


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_service_does_it_for_those_who_may(changing_site: Site, name: str) -> None:
    asked, operation = OPERATIONS[name]
    wrong = []
    for caller, actor in changing_site.actors():
        for owner in ("own", "other"):
            session = Session(changing_site.database.engine, info={KEYRING_INFO: KEYRING})
            is_done = _is_done(session, actor, owner, operation)
            session.rollback()
            session.close()
            if is_done != all(told_twice.may(caller, permission, owner) for permission in asked):
                wrong.append(f"{caller.name}, {owner}: {'done' if is_done else 'refused'}")

    assert wrong == []


@pytest.mark.parametrize("given", Role)
def test_one_gives_the_roles_that_the_policy_lets_one_give(changing_site: Site, given: str) -> None:
    wrong = []
    for caller, actor in changing_site.actors():
        for owner in ("own", "other"):
            new = NewUser(email="new@example.org", organization_code=owner, role=Role(given))
            session = Session(changing_site.database.engine, info={KEYRING_INFO: KEYRING})
            is_given = _is_done(session, actor, owner, lambda session, actor, _, new=new: add_user(session, actor, new))
            session.rollback()
            session.close()
            if is_given != told_twice.gives(caller, given, owner):
                wrong.append(f"{caller.name}, {owner}: {is_given}")

    assert wrong == []
