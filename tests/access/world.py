"""A small world in which every rule of the policy makes a difference, and the people who walk through it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, LoginSession, User, UserAffiliation
from app.actor import Role, Scope
from app.areas.models import ReleaseState
from app.assessments.answers import AnswerContent
from app.assessments.models import Assessment, AssessmentState
from app.matches.models import Match, MatchRun, MatchRunFile, Tandem
from app.needs.models import Need
from app.offers.models import Offer
from app.organizations.lives import Status
from app.organizations.models import Organization, OrganizationKind
from matching.vocabulary import TandemKind, Visibility
from tests.access.callers import Caller
from tests.access.told_twice import CIRCLE_OF_ASSESSMENT, SECOND_FACTOR
from tests.factories import (
    create_area,
    create_area_change,
    create_assessment,
    create_incident,
    create_match,
    create_match_run,
    create_need,
    create_offer,
    create_organization,
    create_principle,
    create_release,
    create_share,
    create_signature,
    create_state,
    create_tandem,
    create_unmet_need,
)
from tests.factories.accounts import create_api_token, create_link, create_login, create_security_key, create_user
from tests.factories.answers import create_offer_duplicate, name_offers
from tests.factories.audit import create_audit_event
from tests.factories.storing import AN_INSTANT
from tests.web.site import joint_need_of

OWNERS: Final = ("own", "other")
AN_OFFER: Final = UUID("0b3f8f2e-6c1d-4a57-9d43-5b1f7a7c9e10")  # public, of another provider
LATER: Final = date(2026, 2, 1)
EARLIER: Final = date(2026, 1, 1)  # of the runs that are not the newest of anybody


@dataclass(frozen=True, kw_only=True)
class Record:
    """A need or an offer; what it is called stands in its texts."""

    kind: str
    owner: str
    visibility: str
    id: UUID
    is_submitted: bool = False
    is_joint: bool = False

    @property
    def word(self) -> str:
        """What tells it from the other records of its owner: its visibility, unless it waits to be read or names two States."""
        return "submitted" if self.is_submitted else "joint" if self.is_joint else self.visibility

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.owner}-{self.word}"

    @property
    def excluded(self) -> str:
        """Whom the need excludes."""
        return f"Unwanted-{self.owner}-{self.word}"


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """A self-assessment of a State; what it is called stands in an answer."""

    owner: str
    state: str
    id: UUID

    @property
    def name(self) -> str:
        return f"assessment-{self.owner}-{self.state}"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A match run and what it is about."""

    id: UUID
    visibility: str
    records: tuple[Record, ...]
    match_id: UUID | None
    tandem_id: UUID


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody of an organization who walks nowhere, and their role there."""

    user_id: UUID
    role_id: UUID
    owner: str
    is_disabled: bool


@dataclass(frozen=True, kw_only=True)
class World:
    """What there is, and who there is; each person has one role in the organization that is called their own."""

    records: tuple[Record, ...]
    runs: tuple[Run, ...]
    programs: tuple[Caller, ...]
    browsers: tuple[Caller, ...]
    link: str
    members: tuple[Member, ...]
    assessments: tuple[Assessed, ...]
    share_id_by_assessment: Mapping[UUID, UUID]
    event_id_by_record: Mapping[UUID, UUID]
    key_id_by_user: Mapping[UUID, UUID]
    session_id_by_user: Mapping[UUID, UUID]
    token_id_by_user: Mapping[UUID, UUID]

    def named(self, name: str) -> Record:
        return next(record for record in self.records if record.name == name)

    def of(self, kind: str) -> list[Record]:
        return [record for record in self.records if record.kind == kind]


def build_world(session: Session) -> World:
    """Store the world."""
    create_state(session, "XAA")
    create_state(session, "XAB")
    create_area(session, "IRC", terms=(("en", "incident responders"),))
    create_area(session, "GOV.1")
    create_release(session, "2", state=ReleaseState.DRAFT, base_release="1", adopted_on=None)
    create_area_change(session, "GOV.1", release="2")
    create_incident(session, "ransomware")
    create_principle(session, "P1")
    state_by_owner = {"own": "XAA"}
    organizations = {
        owner: create_organization(session, owner, kind=OrganizationKind.STATE, state_code=state_by_owner.get(owner))
        for owner in (*OWNERS, "third")
    }
    records = tuple(_records(session, organizations))
    runs = tuple(_runs(session, {record.name: record for record in records}))
    programs, browsers = _people(session, organizations)
    events = {
        record.id: create_audit_event(session, f"{record.kind}.registered", record_id=str(record.id))
        for record in records
    }
    assessments = tuple(_assessments(session, organizations))
    members = tuple(
        _member(session, organizations, owner, is_disabled=is_disabled)
        for owner in OWNERS
        for is_disabled in (False, True)
    )
    return World(
        members=members,
        assessments=assessments,
        share_id_by_assessment=_shares(session, assessments),
        event_id_by_record={record_id: event.id for record_id, event in events.items()},
        key_id_by_user={
            user_id: create_security_key(session, session.get_one(User, user_id)).id
            for user_id in [
                one.user_id for one in browsers if one.user_id and one.name.endswith("with a second factor")
            ][:2]
        },
        records=records,
        runs=runs,
        programs=programs,
        browsers=browsers,
        link=create_link(session, create_user(session, "analyst", organization=organizations["third"])),
        session_id_by_user=dict(session.execute(select(LoginSession.user_id, LoginSession.id)).all()),
        token_id_by_user=dict(session.execute(select(ApiToken.user_id, ApiToken.id)).all()),
    )


def _member(session: Session, organizations: Mapping[str, Organization], owner: str, *, is_disabled: bool) -> Member:
    user = create_user(session, "provider", organization=organizations[owner], is_disabled=is_disabled)
    return Member(user_id=user.id, role_id=user.affiliations[0].id, owner=owner, is_disabled=is_disabled)


def _records(session: Session, organizations: Mapping[str, Organization]) -> Iterable[Record]:
    for owner in OWNERS:
        for visibility in Visibility:
            yield from _pair(session, organizations[owner], owner, visibility)
    # Shown to the secretariat alone, for it to read them first.
    for record in _pair(session, organizations["other"], "other", Visibility.SECRETARIAT, word="submitted"):
        row = _row(session, record)
        row.status, row.wanted_visibility = Status.SUBMITTED, Visibility.MEMBERS
        yield replace(record, is_submitted=True)
    # Of two States: the one of "own" is asked to file that of "other" too.
    for owner in OWNERS:
        record = _need(session, organizations[owner], owner, Visibility.PRIVATE, word="joint", states=("XAA", "XAB"))
        if owner == "other":
            create_signature(session, session.get_one(Need, record.id), state="XAA")
        yield replace(record, is_joint=True)


def _pair(
    session: Session, organization: Organization, owner: str, visibility: Visibility, *, word: str = ""
) -> Iterable[Record]:
    name = f"{owner}-{word or visibility}"
    yield _need(session, organization, owner, visibility, word=word)
    known = {"id": AN_OFFER} if name == "other-public" else {}
    common = {"organization": organization, "visibility": visibility, "is_sample": True}
    offer = create_offer(session, **common, external_id=f"offer-{name}", title=f"offer-{name}", **known)
    yield Record(kind="offer", owner=owner, visibility=visibility.value, id=offer.id)


def _need(
    session: Session, organization: Organization, owner: str, visibility: Visibility, *, word: str, **more: Any
) -> Record:
    name = f"{owner}-{word or visibility}"
    need = create_need(
        session,
        organization=organization,
        visibility=visibility,
        is_sample=True,
        external_id=f"need-{name}",
        title=f"need-{name}",
        excluded_providers=(f"Unwanted-{name}",),
        **more,
    )
    return Record(kind="need", owner=owner, visibility=visibility.value, id=need.id)


def _assessments(session: Session, organizations: Mapping[str, Organization]) -> Iterable[Assessed]:
    """Yield of each State a draft and, newer than that, what it submitted, so that it can begin another."""
    for owner in OWNERS:
        for state, as_of_on in ((AssessmentState.DRAFT, EARLIER), (AssessmentState.SUBMITTED, LATER)):
            told = AnswerContent(current=1, target=3, gaps=f"assessment-{owner}-{state.value}")
            row = create_assessment(
                session, organization=organizations[owner], state=state, as_of_on=as_of_on, answers={"GOV": told}
            )
            yield Assessed(owner=owner, state=state.value, id=row.id)


def _shares(session: Session, assessments: Iterable[Assessed]) -> Mapping[UUID, UUID]:
    """Return of each assessment the id of its share: the part NORMS is for one circle, once it is submitted."""
    return {
        one.id: create_share(
            session,
            session.get_one(Assessment, one.id),
            scope="NORMS",
            visibility=Visibility(CIRCLE_OF_ASSESSMENT[one.owner]),
        ).id
        for one in assessments
    }


def _runs(session: Session, by_name: Mapping[str, Record]) -> Iterable[Run]:
    """Yield runs for everybody, for every circle, and some for everybody that hold what was withdrawn since."""
    # The narrowest last: the newest one of those who see it; two for everybody, to be compared.
    for place, visibility in enumerate((Visibility.PUBLIC, *reversed(Visibility))):
        if visibility is not Visibility.PRIVATE:
            need, offer = by_name[f"need-own-{visibility}"], by_name[f"offer-other-{visibility}"]
            other = by_name[f"need-other-{visibility}"]
            is_newest = place > 0 and visibility in (Visibility.PUBLIC, Visibility.SECRETARIAT)
            run = create_match_run(session, visibility=visibility, **({} if is_newest else {"as_of_on": EARLIER}))
            match = create_match(session, run=run, need=_row(session, need), offer=_row(session, offer))
            create_unmet_need(session, run=run, need=_row(session, other), nearest_offer_id=offer.id)
            yield _finished(session, run, (need, offer, other), match)
    # What everybody may see, matched for the secretariat alone.
    need, offer = by_name["need-other-public"], by_name["offer-other-public"]
    run = create_match_run(session, visibility=Visibility.SECRETARIAT, as_of_on=EARLIER)
    match = create_match(session, run=run, need=_row(session, need), offer=_row(session, offer))
    yield _finished(session, run, (need, offer), match)
    yield from _runs_of_withdrawn_records(session, by_name)


def _runs_of_withdrawn_records(session: Session, by_name: Mapping[str, Record]) -> Iterable[Run]:
    # Private since: a run closes with each record in it, in whatever place.
    own_need, own_offer = by_name["need-own-private"], by_name["offer-own-private"]
    need, offer = (_row(session, by_name[name]) for name in ("need-own-public", "offer-own-public"))
    withdrawn_need, withdrawn_offer = _row(session, own_need), _row(session, own_offer)
    runs = [create_match_run(session, as_of_on=EARLIER) for _ in range(5)]
    matches = [
        create_match(session, run=runs[0], need=withdrawn_need, offer=offer),
        create_match(session, run=runs[1], need=need, offer=withdrawn_offer),
        *(create_match(session, run=run, need=need, offer=offer) for run in runs[2:]),
    ]
    create_unmet_need(session, run=runs[2], need=withdrawn_need)
    create_unmet_need(
        session, run=runs[3], need=_row(session, by_name["need-other-public"]), nearest_offer_id=own_offer.id
    )
    name_offers(session, runs[4], withdrawn_offer)
    for run, withdrawn, match in zip(runs, (own_need, own_offer, own_need, own_offer, own_offer), matches, strict=True):
        yield _finished(session, run, (withdrawn,), match)
    # What repeats an offer is kept with the newest run, which stays open when one of the two is withdrawn.
    newest = session.scalars(
        select(MatchRun).where(MatchRun.visibility == Visibility.PUBLIC, MatchRun.as_of_on > EARLIER)
    ).one()
    for visibility in Visibility:
        if visibility is not Visibility.PUBLIC:
            withdrawn = _row(session, by_name[f"offer-own-{visibility}"])
            create_offer_duplicate(session, run=newest, one=offer, other=withdrawn)


def _row(session: Session, record: Record) -> Need | Offer:
    return session.get_one(Need if record.kind == "need" else Offer, record.id)


def _finished(session: Session, run: MatchRun, records: tuple[Record, ...], match: Match) -> Run:
    """Return the run with a draft of a joint need and its files, which hold the names of its records."""
    rows = [_row(session, record) for record in records]
    draft = joint_need_of(rows[0], rows[-1])
    tandem: Tandem = create_tandem(session, run=run, kind=TandemKind.PEER, joint_need=draft)
    content = zlib.compress(";".join(record.name for record in records).encode())
    for number, name in enumerate(("matches.csv", "unmet.csv", "tandems.csv", "run.json", "report.html")):
        session.add(MatchRunFile(run_id=run.id, name=name, content=content, sha256=str(number) * 64))
    session.flush()
    return Run(id=run.id, visibility=run.visibility.value, records=records, match_id=match.id, tandem_id=tandem.id)


def _people(
    session: Session, organizations: Mapping[str, Organization]
) -> tuple[tuple[Caller, ...], tuple[Caller, ...]]:
    """Return programs with tokens of each role and scope, and browsers of each role with and without a second factor."""
    programs, browsers = [Caller(name="public")], [Caller(name="public")]
    for role in Role:
        one = create_user(session, role, organization=organizations["own"])
        for scope in Scope:
            secret = create_api_token(session, one, scope=scope)
            # To write includes to read.
            scopes = {"read", "write"} if scope is Scope.WRITE else {"read"}
            programs.append(_caller(one, role, name=f"{role} to {scope}", token=secret, scopes=frozenset(scopes)))
        browsers.append(_caller(one, role, name=f"{role} with a second factor", cookie=create_login(session, one)))
        bare = create_user(session, role, organization=organizations["own"])
        cookie = create_login(session, bare, second_factor_at=None)
        roles = () if role.value in SECOND_FACTOR else ((role.value, "own"),)
        browsers.append(_caller(bare, role, name=f"{role} without one", cookie=cookie, affiliations=roles))
    half = create_user(session, "analyst", organization=organizations["own"], totp_confirmed_at=AN_INSTANT)
    cookie = create_login(session, half, second_factor_at=None)
    browsers.append(_caller(half, Role.ANALYST, name="half logged in", cookie=cookie, affiliations=(), is_half=True))
    programs.append(_of_two_organizations(session, organizations))
    return tuple(programs), tuple(browsers)


def _of_two_organizations(session: Session, organizations: Mapping[str, Organization]) -> Caller:
    """Return a program of somebody who asks for one State and is an analyst at another one."""
    user = create_user(session, "recipient", organization=organizations["third"])
    row = UserAffiliation(organization_id=organizations["own"].id, role=Role.ANALYST, created_at=AN_INSTANT)
    user.affiliations.append(row)
    session.flush()
    roles = (("recipient", "third"), ("analyst", "own"))
    return _caller(user, Role.ANALYST, name="analyst here", token=create_api_token(session, user), affiliations=roles)


def _caller(
    user: User,
    role: Role,
    *,
    name: str,
    token: str = "",
    cookie: str = "",
    scopes: frozenset[str] = frozenset({"read", "write"}),
    affiliations: tuple[tuple[str, str], ...] | None = None,
    is_half: bool = False,
) -> Caller:
    roles = ((role.value, "own"),) if affiliations is None else affiliations
    return Caller(
        name=name, user_id=user.id, token=token, cookie=cookie, scopes=scopes, affiliations=roles, is_half=is_half
    )
