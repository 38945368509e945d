"""How people come into an organization and leave it, and the ways from one organization into another that are shut."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.credentials import find_link, issue_link
from app.accounts.invitations import RoleHeldError, invite
from app.accounts.models import LoginSession, Standing, User, UserAffiliation
from app.accounts.queries import get_person, list_people
from app.accounts.services import (
    LastOfRoleError,
    NewUser,
    add_user,
    find_by_email,
    remove_affiliation,
    roles_to_give,
    set_disabled,
)
from app.actor import SYSTEM, Actor, Role
from app.audit.models import AuditEvent
from app.db import Database
from app.errors import ForbiddenError, InvalidFieldError, NotFoundError
from app.organizations.models import Organization, OrganizationKind
from app.paging import PageRequest
from tests.factories import create_organization
from tests.factories.accounts import actor_of, create_link, create_login, create_user
from tests.support.people import with_password

STATE = OrganizationKind.STATE


def a_ministry(session: Session, code: str = "ministry") -> Organization:
    return create_organization(session, code, kind=STATE)


def a_focal_point(session: Session, organization: Organization) -> Actor:
    return actor_of(with_password(session, create_user(session, organization=organization)))


def a_new(email: str = "new@example.org", role: str = "contributor", code: str = "ministry", name: str = "") -> NewUser:
    return NewUser(email=email, organization_code=code, role=Role(role), name=name)


def works(session: Session, secret: str) -> bool:
    return find_link(session, secret, now=datetime.now(UTC)) is not None


def test_whoever_is_invited_gets_a_link_and_both_leave_an_event(session: Session) -> None:
    focal_point = a_focal_point(session, a_ministry(session))

    invitation = invite(session, focal_point, a_new(name="New Person"))

    assert invitation.link is not None
    assert works(session, invitation.link.secret)
    events = session.execute(select(AuditEvent.action, AuditEvent.actor).order_by(AuditEvent.position)).all()
    assert events == [
        ("user.registered", focal_point.name),
        ("user.invitation_issued", focal_point.name),
    ]


def test_whoever_has_a_password_needs_no_link(session: Session) -> None:
    ministry = a_ministry(session)
    focal_point = a_focal_point(session, ministry)
    user = with_password(session, create_user(session, "contributor", organization=ministry, email="new@example.org"))

    invitation = invite(session, focal_point, a_new(role="recipient"))

    assert (invitation.link, {row.role for row in user.affiliations}) == (None, {Role.CONTRIBUTOR, Role.RECIPIENT})


def test_a_role_that_somebody_has_is_not_given_twice(session: Session) -> None:
    focal_point = a_focal_point(session, a_ministry(session))
    first = invite(session, focal_point, a_new())

    with pytest.raises(RoleHeldError):
        invite(session, focal_point, a_new())

    assert first.link is not None
    assert works(session, first.link.secret)


@pytest.mark.parametrize("sign", ["\u200d", "\u202e", "\u2067", "\u3164", "\x07"], ids=ascii)
def test_a_sign_that_does_not_show_is_in_no_name_of_a_person(session: Session, sign: str) -> None:
    a_ministry(session)

    with pytest.raises(InvalidFieldError) as caught:
        add_user(session, SYSTEM, a_new(name=f"New{sign}Person"))

    assert caught.value.field == "name"


@pytest.mark.parametrize("role", Role)
def test_only_administrators_give_roles_to_whoever_belongs_elsewhere(session: Session, role: str) -> None:
    """Giving a role ended their sessions, told that there is such an account, and kept their own State from helping them."""
    ministry = a_ministry(session)
    elsewhere = with_password(session, create_user(session, "contributor", email="new@example.org"))
    create_login(session, elsewhere)
    actor = actor_of(create_user(session, role, organization=ministry))

    if role == Role.ADMINISTRATOR:
        assert add_user(session, actor, a_new()).is_role_new
        return
    with pytest.raises(ForbiddenError):
        add_user(session, actor, a_new())

    assert {row.organization_id for row in elsewhere.affiliations} != {ministry.id}
    assert session.scalar(select(func.count(LoginSession.id))) == 1


def test_a_role_in_one_state_does_not_lead_to_the_account_of_somebody_who_is_more_elsewhere(session: Session) -> None:
    ministry = a_ministry(session)
    focal_point = a_focal_point(session, ministry)
    both = with_password(session, create_user(session, "contributor", organization=ministry))
    add_user(session, SYSTEM, a_new(both.email, "contributor", a_ministry(session, "other").code))

    with pytest.raises(ForbiddenError):
        issue_link(session, focal_point, both.id)

    person = get_person(session, focal_point, ministry, person_id=both.id)
    assert not person.can_be_let_in
    assert [row.organization_id for row in person.roles] == [ministry.id]


def test_an_old_link_does_not_open_what_a_person_became_later(session: Session) -> None:
    """The focal point of one State kept a link; then the person got a role in another one, and the link led there."""
    focal_point = a_focal_point(session, a_ministry(session))
    invitation = invite(session, focal_point, a_new())
    assert invitation.link is not None

    add_user(session, SYSTEM, a_new(code=a_ministry(session, "other").code))

    assert not works(session, invitation.link.secret)


def test_a_link_ends_with_the_role_for_which_it_was_made(session: Session) -> None:
    ministry = a_ministry(session)
    focal_point = a_focal_point(session, ministry)
    invitation = invite(session, focal_point, a_new())
    assert invitation.link is not None

    remove_affiliation(session, focal_point, invitation.user.id, invitation.user.affiliations[0].id)

    assert not works(session, invitation.link.secret)
    with pytest.raises(ForbiddenError):
        issue_link(session, focal_point, invitation.user.id)


def test_a_link_does_not_outlast_being_shut_out(session: Session) -> None:
    user = create_user(session)
    secret = create_link(session, user)

    set_disabled(session, SYSTEM, user.id, is_disabled=True)
    set_disabled(session, SYSTEM, user.id, is_disabled=False)

    assert not works(session, secret)


@pytest.mark.parametrize("role", ["recipient", "provider", "administrator"])
def test_nobody_makes_a_link_for_themselves(session: Session, role: str) -> None:
    """Whoever found a browser open could choose a new password without knowing the present one."""
    user = create_user(session, role)

    with pytest.raises(ForbiddenError, match="your account"):
        issue_link(session, actor_of(user), user.id)


def test_nobody_shuts_themselves_out(session: Session) -> None:
    administrator = create_user(session, "administrator")

    with pytest.raises(ForbiddenError):
        set_disabled(session, actor_of(administrator), administrator.id, is_disabled=True)


def can_leave(session: Session, actor: Actor, user: User) -> bool:
    row = user.affiliations[0]
    try:
        with session.begin_nested():
            remove_affiliation(session, actor, user.id, row.id)
    except LastOfRoleError:
        return False
    return True


@pytest.mark.parametrize(
    ("other", "has_password", "is_disabled", "expected"),
    [
        (None, False, False, False),
        ("contributor", True, False, False),
        ("provider", True, False, False),
        ("recipient", False, False, False),
        ("recipient", True, True, False),
        ("recipient", True, False, True),
    ],
    ids=["alone", "contributor", "provider", "invited only", "shut out", "another"],
)
def test_the_last_focal_point_stays(
    session: Session, other: str | None, *, has_password: bool, is_disabled: bool, expected: bool
) -> None:
    ministry = a_ministry(session)
    last = with_password(session, create_user(session, organization=ministry))
    create_user(session)  # of another State
    if other is not None:
        user = create_user(session, other, organization=ministry, is_disabled=is_disabled)
        if has_password:
            with_password(session, user)

    assert can_leave(session, actor_of(last), last) is expected


@pytest.mark.parametrize("kind", ["system", "administrator"])
def test_an_administrator_takes_away_the_last_focal_point(session: Session, kind: str) -> None:
    last = create_user(session, organization=a_ministry(session))
    actor = SYSTEM if kind == "system" else actor_of(create_user(session, "administrator"))

    assert can_leave(session, actor, last)


def test_the_last_administrator_stays(session: Session) -> None:
    last = create_user(session, "administrator")

    assert not can_leave(session, actor_of(last), last)


def test_a_focal_point_takes_away_the_only_provider_of_a_state(session: Session) -> None:
    """They can give the role again."""
    ministry = a_ministry(session)
    provider = create_user(session, "provider", organization=ministry)

    assert can_leave(session, a_focal_point(session, ministry), provider)


def test_of_two_focal_points_who_take_away_each_others_role_one_stays(database: Database) -> None:
    with database.unit_of_work() as session:
        ministry = a_ministry(session)
        users = [with_password(session, create_user(session, organization=ministry)) for _ in range(2)]
        pairs = [(actor_of(users[0]), users[1]), (actor_of(users[1]), users[0])]
        targets = [(actor, user.id, user.affiliations[0].id) for actor, user in pairs]

    def take_away(target: tuple[Actor, object, object]) -> bool:
        actor, user_id, row_id = target
        try:
            with database.unit_of_work() as session:
                remove_affiliation(session, actor, user_id, row_id)  # type: ignore[arg-type]  # both are ids
        except LastOfRoleError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(take_away, targets))

    with database.reading() as session:
        assert session.scalar(select(func.count(UserAffiliation.id))) == 1


@pytest.mark.parametrize(
    ("role", "kind", "expected"),
    [
        ("recipient", "state", {"recipient", "contributor", "provider"}),
        ("recipient", "regional", {"recipient", "contributor", "provider"}),
        ("contributor", "state", set()),
        ("provider", "state", {"provider"}),
        ("provider", "provider", {"provider"}),
        ("administrator", "provider", {"provider", "analyst"}),
        ("administrator", "secretariat", {"secretariat", "analyst", "administrator"}),
        ("secretariat", "secretariat", set()),
    ],
)
def test_the_roles_to_give_are_those_of_the_kind_that_one_may_give(
    session: Session, role: str, kind: str, expected: set[str]
) -> None:
    organization = create_organization(session, "first", kind=OrganizationKind(kind))
    actor = actor_of(create_user(session, role, organization=organization))

    assert {wanted.value for wanted in roles_to_give(actor, organization)} == expected


@pytest.mark.parametrize(
    ("role", "sees_people", "sees_all"),
    [
        ("recipient", True, True),
        ("contributor", True, False),
        ("provider", True, True),
        ("secretariat", True, False),
        ("analyst", True, False),
        ("administrator", True, True),
    ],
)
@pytest.mark.parametrize("is_own", [True, False], ids=["own", "other"])
def test_one_sees_the_people_of_ones_own_organization(
    session: Session, role: str, *, sees_people: bool, sees_all: bool, is_own: bool
) -> None:
    ministry = a_ministry(session)
    colleague = with_password(session, create_user(session, "contributor", organization=ministry, name="A Colleague"))
    actor = actor_of(create_user(session, role, organization=ministry if is_own else None))
    if not is_own and role != "administrator":
        with pytest.raises(NotFoundError, match="no such organization"):
            list_people(session, actor, ministry, page=PageRequest())
        return

    person = next(p for p in list_people(session, actor, ministry, page=PageRequest()).items if p.id == colleague.id)

    assert sees_people
    assert (person.name, [row.role for row in person.roles]) == ("A Colleague", [Role.CONTRIBUTOR])
    hidden = (None, None, None, None)
    shown = (colleague.email, Standing.ACTIVE, False, None)
    assert (person.email, person.standing, person.has_second_factor, person.invitation_ends_at) == (
        shown if sees_all else hidden
    )


def test_how_far_somebody_has_come_is_told(session: Session) -> None:
    ministry = a_ministry(session)
    users = [create_user(session, "contributor", organization=ministry, name=name) for name in "abcd"]
    with_password(session, users[0])
    create_link(session, users[1])
    create_link(
        session, users[2], expires_at=datetime(2026, 3, 2, tzinfo=UTC), created_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    users[3].is_disabled = True
    session.flush()

    people = list_people(session, SYSTEM, ministry, page=PageRequest()).items

    assert [person.standing for person in people] == ["active", "invited", "uninvited", "disabled"]
    assert [person.invitation_ends_at is not None for person in people] == [False, True, False, False]


def test_colleagues_do_not_stand_in_the_order_of_their_hidden_addresses(session: Session) -> None:
    ministry = a_ministry(session)
    create_user(session, "contributor", organization=ministry, name="B", email="a@example.org")
    create_user(session, "contributor", organization=ministry, name="A", email="b@example.org")

    first = list_people(session, SYSTEM, ministry, page=PageRequest(limit=1))
    second = list_people(session, SYSTEM, ministry, page=PageRequest(limit=1, cursor=first.next_cursor))

    assert [person.name for page in (first, second) for person in page.items] == ["A", "B"]


def test_somebody_of_another_organization_is_not_found_among_the_people(session: Session) -> None:
    ministry, other = a_ministry(session), create_user(session)

    with pytest.raises(NotFoundError, match="no such person"):
        get_person(session, SYSTEM, ministry, person_id=other.id)


def test_whoever_left_every_organization_is_let_in_by_administrators(session: Session) -> None:
    """Else the next organization that invites them could take over what others know as theirs."""
    ministry = a_ministry(session)
    gone = with_password(session, create_user(session, "contributor", organization=ministry, email="new@example.org"))
    remove_affiliation(session, SYSTEM, gone.id, gone.affiliations[0].id)

    with pytest.raises(ForbiddenError):
        invite(session, a_focal_point(session, ministry), a_new())

    assert invite(session, SYSTEM, a_new()).user is find_by_email(session, "new@example.org")
