"""Copies of one service: each is the same but for one secret that its owners put in, and is matched once more after that."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

import app.matches.files
from app.accounts import authentication
from app.actor import SYSTEM, Role
from app.assessments.answers import AnswerContent
from app.assessments.models import AssessmentState
from app.db import Database
from app.matches.models import Match, MatchRun, Tandem
from app.matches.options import RunOptions
from app.matches.services import RunOrder, plan_runs, run_match
from app.offers.checklists import Line, change_checklist
from app.offers.labels import LabelAction, LabelDecision, decide_on_label
from app.offers.models import Offer
from app.offers.queries import get_offer
from app.organizations.models import Organization, OrganizationKind
from app.states.models import GroupScheme
from matching.vocabulary import Visibility
from tests.factories import (
    create_area,
    create_assessment,
    create_group,
    create_membership,
    create_need,
    create_offer,
    create_organization,
    create_principle,
    create_questionnaire,
    create_release,
    create_scoring_profile,
    create_state,
)
from tests.factories.accounts import create_api_token, create_login, create_user
from tests.support.application import database_of, served
from tests.support.people import with_second_factor

SECRET: Final = "Zzyzx"
SHARED_ID: Final = "same-id"  # of a public record, and of the secret one of another organization
THE_PUBLIC: Final = "public"
FIRST_DAY: Final = date(2026, 3, 2)
SECOND_DAY: Final = date(2026, 3, 3)
REQUEST_ID: Final = "the-same-request"

EXCLUDING_ID: Final = UUID("12345678-1234-4234-8234-123456789abc")
OWNERS: Final = {"needs": ("recipient", "mfa-xaa"), "offers": ("provider", "first")}

SECRET_NEED: Final = {
    "external_id": SHARED_ID,
    "states": ["XAA"],
    "title": f"{SECRET} training of our incident response team",
    "description": f"{SECRET}, for twelve analysts of the national CERT.",
    "areas": ["LAW", "IRC.1"],
    "modes": ["training"],
    "languages": ["pt"],
    "latest_on": "2031-12-31",
    "budget": "1234567.89",
    "currency": "EUR",
    "audience": SECRET,
    "outcome": SECRET,
    "underway": SECRET,
    "priority": 5,
    "excluded_providers": [f"{SECRET} Ltd", "Second Provider"],
}
SECRET_OFFER: Final = {
    "external_id": SHARED_ID,
    "provider": f"{SECRET} Foundation",
    "title": f"{SECRET} training of incident response teams",
    "description": f"{SECRET}, hands on.",
    "areas": ["LAW", "IRC.1"],
    "modes": ["training"],
    "languages": ["pt"],
    "eligible": ["*"],
    "capacity": 9,
    "available_until_on": "2031-12-31",
    "budget": "7654321",
    "currency": "EUR",
    "funder": SECRET,
    "kind": SECRET,
}
SECRETS: Final = {"needs": SECRET_NEED, "offers": SECRET_OFFER}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who looks: with a cookie at the pages, with a token at the API; the public has neither."""

    name: str
    cookie: str = ""
    token: str = ""


@dataclass(frozen=True, kw_only=True)
class World:
    """One copy of the service, the ids of what may be seen in it, and of what was put in in secret."""

    app: Flask
    readers: Mapping[str, Reader]
    seen_ids: Mapping[str, tuple[UUID, ...]]
    secret_ids: frozenset[UUID] = frozenset()

    @property
    def database(self) -> Database:
        """Its database."""
        return database_of(self.app)


@contextmanager
def opened(path: Path) -> Iterator[Flask]:
    """Yield the service on the database in a file, which takes no note of what its readers try in vain.

    They try much while they look, and an administrator would read of that, under ids and at times that no two copies share.
    Such a note names who tried, and not what.
    """
    with served(f"sqlite:///{path}") as app, pytest.MonkeyPatch.context() as patch:
        patch.setattr(authentication, "note_happening", lambda *_args, **_options: None)
        yield app


def build_first_world(app: Flask) -> World:
    """Put in what all copies have: records at every visibility, people of every role, and a day's runs."""
    with database_of(app).unit_of_work() as session:
        _build_reference(session)
        _build_records(session)
        readers = {name: reader for role in Role for name, reader in _build_readers(session, role)}
    world = World(app=app, readers={THE_PUBLIC: Reader(name=THE_PUBLIC), **readers}, seen_ids={})
    match_on(world, FIRST_DAY, is_for_all_alone=True)
    return replace(world, seen_ids=_seen_ids(world))


def copy_of(world: World, app: Flask) -> World:
    """Return the world of a copy of the database."""
    return replace(world, app=app)


def copy_file(world: World, path: Path) -> Path:
    """Copy a database that nobody writes to, with what still stands in its journal."""
    source = Path(str(world.database.engine.url.database))
    for suffix in ("", "-wal"):
        if Path(f"{source}{suffix}").exists():
            shutil.copyfile(f"{source}{suffix}", f"{path}{suffix}")
    return path


def keep_secrets(world: World, visibility: Visibility) -> World:
    """Return the world after a State and a provider have each put in a record, changed it, and made it as visible as asked.

    The offer is checked against a principle and labelled.
    """
    kept = replace(world, secret_ids=frozenset(_keep_secret(world, noun, visibility) for noun in OWNERS))
    return label(kept, SHARED_ID)


def label(world: World, external_id: str) -> World:
    """Return the world after the newest offer of that id was checked, labelled, and changed after that: all that can be."""
    with world.database.unit_of_work() as session:
        named = select(Offer.id).filter_by(external_id=external_id).order_by(Offer.created_at.desc())
        offer = get_offer(session, SYSTEM, session.scalars(named.limit(1)).one(), is_locked=True)
        change_checklist(session, SYSTEM, offer, [Line(principle="P1", is_met=True, how=SECRET)])
        for action in (LabelAction.GRANT, LabelAction.WITHDRAW, LabelAction.GRANT):
            decide_on_label(session, SYSTEM, offer, LabelDecision(action=action, reason=SECRET))
        change_checklist(session, SYSTEM, offer, [Line(principle="P1", is_met=False, how=SECRET)])
    return world


def keep_for_chosen(world: World, *providers: str) -> World:
    """Return the world after a State has shown a need to these providers alone."""
    need_id = _keep_secret(world, "needs", Visibility.PROVIDERS, chosen_providers=list(providers))
    return replace(world, secret_ids=frozenset({need_id}))


def keep_joint(world: World, state: str, *, is_declined: bool = False) -> World:
    """Return the world after a State has written a need, asked another one to file it together, and maybe heard that it does not."""
    need_id = _keep_secret(world, "needs", Visibility.PRIVATE, states=["XAA", state])
    address = f"/api/v1/needs/{need_id}/signatures"
    steps = [("owner recipient", {"action": "ask"})] + [
        ("recipient", {"action": "decline", "reason": SECRET})
    ] * is_declined
    for name, step in steps:
        headers = {"Authorization": f"Bearer {world.readers[name].token}", "If-Match": "*", "X-Request-Id": REQUEST_ID}
        taken = world.app.test_client().patch(address, json={**step, "state": state}, headers=headers)
        assert taken.status_code == 200, taken.json
    return replace(world, secret_ids=frozenset({need_id}))


def _keep_secret(world: World, noun: str, visibility: Visibility, **more: object) -> UUID:
    owner = world.readers[f"owner {OWNERS[noun][0]}"]
    headers = {"Authorization": f"Bearer {owner.token}", "X-Request-Id": REQUEST_ID}
    client = world.app.test_client()
    made = client.post(f"/api/v1/{noun}", json={**SECRETS[noun], **more, "visibility": "private"}, headers=headers)
    assert made.status_code == 201, made.json
    tag = made.headers["ETag"]
    for change in ({"source_url": f"https://{SECRET}.example/"}, {"visibility": visibility.value}):
        changed = client.patch(made.headers["Location"], json=change, headers={**headers, "If-Match": tag})
        assert changed.status_code == 200, changed.json
        tag = changed.headers["ETag"]
    return UUID(made.json["id"])


def assess(world: World) -> World:
    """Return the world after a State has answered for itself, submitted that, and begun anew; it shows nobody any of it."""
    said = {"GOV": AnswerContent(current=1, target=5, gaps=SECRET)}
    with world.database.unit_of_work() as session:
        ministry = create_organization(session, OWNERS["needs"][1])
        made = [
            create_assessment(session, organization=ministry, state=state, answers=said) for state in AssessmentState
        ]
    return replace(world, secret_ids=frozenset(one.id for one in made))


def exclude(world: World, *providers: str) -> World:
    """Return the world with a public need that excludes these providers."""
    with world.database.unit_of_work() as session:
        ministry = create_organization(session, "mfa-xaa")
        title = "Training for the national CERT"
        told = {"id": EXCLUDING_ID, "external_id": "n-x", "title": title, "priority": 5}
        create_need(session, organization=ministry, areas=("IRC.1",), excluded_providers=providers, **told)
    return world


def match_on(world: World, day: date, *, is_for_all_alone: bool = False) -> World:
    """Return the world after the secretariat has matched once for everybody and, if not told otherwise, for itself too."""
    order = RunOrder(as_of_on=day, options=RunOptions(max_coalition=2, needs_changes=True))
    with world.database.reading() as session:
        planned = (order,) if is_for_all_alone else plan_runs(session, SYSTEM, order)
    for hour, circle_order in enumerate(planned, start=12):
        started_at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        with the_same_run(f"{day} {circle_order.circle.value}"), world.database.unit_of_work() as session:
            assert run_match(session, SYSTEM, circle_order, clock=partial(_told, started_at)).is_new
    with world.database.reading() as session:
        is_hidden = or_(Match.need_id.in_(world.secret_ids), Match.offer_id.in_(world.secret_ids))
        # One match stands for all that the secret is in.
        matches = session.scalars(select(Match.id).where(is_hidden).order_by(Match.id).limit(1)).all()
    return replace(world, secret_ids=world.secret_ids | set(matches))


def _told(instant: datetime) -> datetime:
    return instant


@contextmanager
def the_same_run(seed: str) -> Iterator[None]:
    """Take from a run what differs each time whatever is matched: its random ids, how long it took, and the memory."""
    drawn = iter(range(1_000_000))

    def draw(n_bytes: int) -> bytes:
        return hashlib.sha256(f"{seed} {next(drawn)}".encode()).digest()[:n_bytes]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", draw)
        patch.setattr(time, "perf_counter", lambda: 0.0)
        patch.setattr(app.matches.files, "peak_memory_mib", lambda: 1.0)
        yield


def _build_reference(session: Session) -> None:
    africa, asia = (create_group(session, code, title_en=f"Group {code}") for code in ("AFR", "APG"))
    poor = create_group(session, "LDC", GroupScheme.STATUS, title_en="Least developed")
    for code, group in (("XAA", africa), ("XAB", asia), ("XAC", africa)):
        state = create_state(session, code, name_en=f"Land {code}", languages=["en", "pt"])
        create_membership(session, state, group)
        if code != "XAB":
            create_membership(session, state, poor)
    create_release(session)
    create_area(session, "IRC", title_en="Incident response", terms=(("en", "incident response"),))
    create_area(session, "IRC.1", title_en="National CERT", terms=(("en", "national cert"),))
    create_area(session, "LAW", title_en="International law", terms=(("en", "international law"),))
    create_scoring_profile(session)
    create_questionnaire(session)
    create_principle(session, "P1")


def _build_records(session: Session) -> None:
    others = create_organization(session, "desk")
    told = {"organization": others, "description": "Ten days, hands on."}
    create_need(
        session, external_id=SHARED_ID, title="Training of our incident response team", areas=("IRC.1",), **told
    )
    create_need(session, external_id="n-2", title="Incident response for the CERT", states=("XAB",), **told)
    create_need(session, external_id="n-4", title="A law", states=("XAA", "XAB"), areas=("LAW",), **told)
    create_offer(session, external_id=SHARED_ID, title="Training of incident response teams", areas=("IRC.1",), **told)
    create_offer(session, external_id="o-2", title="Advice on law", areas=("LAW",), modes=("advisory",), **told)
    create_offer(session, external_id="o-3", title="Courses on law", provider="Second Provider", capacity=0, **told)
    create_offer(session, external_id="o-4", title="A course", provider="Third Provider", capacity=0, **told)
    # There are hidden records in every copy, so that a count that is there at all is no news.
    for visibility in Visibility:
        hidden = {**told, "visibility": visibility}
        create_need(session, external_id=f"n-{visibility.value}", title="Something on law", areas=("LAW",), **hidden)
        create_offer(session, external_id=f"o-{visibility.value}", title="Law", areas=("LAW",), **hidden)


def _build_readers(session: Session, role: Role) -> Iterator[tuple[str, Reader]]:
    """Yield somebody with the role in an organization that keeps no secret, and in the one that does."""
    kind_of = {
        Role.RECIPIENT: ("mfa-xab", OrganizationKind.STATE, "XAB"),
        Role.CONTRIBUTOR: ("mfa-xab", OrganizationKind.STATE, "XAB"),
        Role.PROVIDER: ("second", OrganizationKind.PROVIDER, None),
    }
    code, kind, state = kind_of.get(role, ("secretariat", OrganizationKind.SECRETARIAT, None))
    yield (
        role.value,
        _reader(session, role.value, role, create_organization(session, code, kind=kind, state_code=state)),
    )
    for owner_role, owner_code in OWNERS.values():
        if owner_role == role.value:
            own = create_organization(session, owner_code, kind=kind, state_code="XAA" if state else None)
            yield f"owner {role.value}", _reader(session, f"owner {role.value}", role, own)


def _reader(session: Session, name: str, role: Role, organization: Organization) -> Reader:
    user = create_user(session, role, organization=organization)
    with_second_factor(session, user)
    # Of a moment to come: however slow the machine is, no look at a page is noted as one.
    cookie = create_login(session, user, seen_at=datetime.now(UTC) + timedelta(hours=6))
    return Reader(name=name, cookie=cookie, token=create_api_token(session, user))


def _seen_ids(world: World) -> Mapping[str, tuple[UUID, ...]]:
    """Return the ids that stand for the parameters of addresses: of public records, and of both runs."""
    client = world.app.test_client()

    def ids(noun: str) -> tuple[UUID, ...]:
        return tuple(UUID(row["id"]) for row in client.get(f"/api/v1/{noun}").json["data"])

    with world.database.reading() as session:
        runs = tuple(session.scalars(select(MatchRun.id).order_by(MatchRun.visibility)))
        tandems = tuple(session.scalars(select(Tandem.id)))
    return {"need_id": ids("needs"), "offer_id": ids("offers"), "run_id": runs, "tandem_id": tandems}
