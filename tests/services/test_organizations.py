"""Registering organizations."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM, Actor
from app.audit.models import AuditEvent
from app.db import Database
from app.errors import ForbiddenError, InvalidFieldError, InvalidInputError, NotFoundError
from app.organizations.models import OrganizationKind
from app.organizations.queries import count, get_organization, list_organizations, list_page
from app.organizations.services import (
    NewOrganization,
    OrganizationExistsError,
    get_by_code,
    load_secretariat,
    register,
)
from app.paging import PageRequest
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization, create_state
from tests.factories.accounts import actor_of, create_user


def an_organization(**columns: str) -> NewOrganization:
    """Return the order to register a provider."""
    ordinary = {"code": "first", "name": "First Provider", "kind": OrganizationKind.PROVIDER}
    return NewOrganization(**ordinary | columns)  # type: ignore[arg-type]  # plain text stands for the kind too


def test_a_registered_organization_is_found_by_its_code(session: Session) -> None:
    register(session, SYSTEM, an_organization(code="first"))

    assert get_by_code(session, "first").name == "First Provider"


def test_a_registration_leaves_one_event(session: Session) -> None:
    organization = register(session, SYSTEM, an_organization())

    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.record_id, event.actor) == (
        "organization.registered",
        str(organization.id),
        "system",
    )


def test_a_code_that_is_taken_is_refused(session: Session) -> None:
    register(session, SYSTEM, an_organization(code="first"))

    with pytest.raises(OrganizationExistsError, match="'first' already"):
        register(session, SYSTEM, an_organization(code="first"))


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"code": ""}, id="no-code"),
        pytest.param({"code": "a b"}, id="space-in-code"),
        pytest.param({"code": "first\n"}, id="line-end-in-code"),
        pytest.param({"code": "x" * 65}, id="long-code"),
        pytest.param({"name": "  "}, id="no-name"),
        pytest.param({"name": "two\nlines"}, id="two-lines"),
        pytest.param({"name": "x" * 301}, id="long-name"),
        pytest.param({"state_code": "XZZ"}, id="unknown-state"),
    ],
)
def test_what_cannot_be_used_is_refused(session: Session, columns: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError):
        register(session, SYSTEM, an_organization(**columns))


def test_an_organization_may_belong_to_a_state(session: Session) -> None:
    create_state(session, "XAA")

    organization = register(session, SYSTEM, an_organization(state_code="XAA"))

    assert organization.state_code == "XAA"


def test_the_public_may_not_register_organizations(session: Session) -> None:
    with pytest.raises(ForbiddenError, match="organization:create"):
        register(session, PUBLIC, an_organization())


def test_an_organization_that_is_not_there_is_asked_for(session: Session) -> None:
    register(session, SYSTEM, an_organization(code="first"))

    with pytest.raises(NotFoundError, match=r"there are first\. Add it with `flask --app wsgi organization add nobody"):
        get_by_code(session, "nobody")


def test_before_there_is_any_organization_the_reference_data_are_asked_for(session: Session) -> None:
    with pytest.raises(NotFoundError, match="load reference"):
        get_by_code(session, "nobody")


def test_the_secretariat_is_registered_once(session: Session) -> None:
    first = load_secretariat(session, SYSTEM)

    second = load_secretariat(session, SYSTEM)

    assert (first.created, second.created, second.unchanged) == (1, 0, 1)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("First Provider", id="the-same"),
        pytest.param("FIRST  PROVIDER", id="case-and-spaces"),
        pytest.param("Fіrѕt Рrоvіdеr", id="cyrillic"),
        pytest.param("Ϝιrst Ρrονιder", id="greek"),
        pytest.param("Ｆｉｒｓｔ Ｐｒｏｖｉｄｅｒ", id="fullwidth"),
        pytest.param("𝐅𝐢𝐫𝐬𝐭 𝐏𝐫𝐨𝐯𝐢𝐝𝐞𝐫", id="mathematical"),
        pytest.param("Fírst Próvidér", id="accents"),
        pytest.param("Fi\u0323rst Provider", id="combining"),
        pytest.param("F1rst Pr0vider", id="digits"),
        pytest.param("Flrst Provider", id="small-l"),
        pytest.param("First", id="the-code"),
    ],
)
def test_a_name_that_a_reader_takes_for_another_is_refused(session: Session, name: str) -> None:
    register(session, SYSTEM, an_organization(code="first", name="First Provider"))

    with pytest.raises(OrganizationExistsError, match="which nobody takes for it"):
        register(session, SYSTEM, an_organization(code="second", name=name))


@pytest.mark.parametrize("code", ["FIRST", "flrst", "F1RST", "first"])
def test_a_code_that_a_reader_takes_for_another_is_refused(session: Session, code: str) -> None:
    register(session, SYSTEM, an_organization(code="first"))

    with pytest.raises(OrganizationExistsError, match="choose another code"):
        register(session, SYSTEM, an_organization(code=code, name="Another"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Банк развития", "Банк развитие"),
        ("وزارة الخارجية", "وزارة الداخلية"),
        ("外交部", "外交处"),
        ("Team 1", "Team 2"),
    ],
    ids=["cyrillic", "arabic", "chinese", "digits"],
)
def test_names_that_differ_to_a_reader_stand_side_by_side(session: Session, first: str, second: str) -> None:
    register(session, SYSTEM, an_organization(code="first", name=first))

    assert register(session, SYSTEM, an_organization(code="second", name=second)).name == second


@pytest.mark.parametrize(
    "sign",
    [
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "\u034f",
        "\u3164",
        "\ufe0f",
        "\u2800",
        "\x00",
        "\x1b",
    ],
    ids=ascii,
)
def test_a_sign_that_does_not_show_is_in_no_name_and_no_code(session: Session, sign: str) -> None:
    for columns in ({"name": f"First{sign} Provider"}, {"code": f"fir{sign}st"}):
        with pytest.raises(InvalidFieldError) as caught:
            register(session, SYSTEM, an_organization(**columns))
        assert str(caught.value).isprintable()
        assert caught.value.field in columns


def test_a_name_of_marks_alone_is_none(session: Session) -> None:
    with pytest.raises(InvalidFieldError):
        register(session, SYSTEM, an_organization(name="\u0301\u0323"))


def test_no_code_is_the_id_of_another_organization(session: Session) -> None:
    """An address takes a code or an id: whoever had the id of another as their code would stand in its place."""
    organization = register(session, SYSTEM, an_organization())

    for code in (str(organization.id), organization.id.hex):
        with pytest.raises(InvalidFieldError, match="looks like an id"):
            register(session, SYSTEM, an_organization(code=code, name="Another"))


def test_of_two_registered_at_once_that_look_alike_one_is_refused(database: Database) -> None:
    def try_to_register(number: int) -> bool:
        name = "First Provider" if number % 2 else "Fіrѕt Рrоvіdеr"
        try:
            with database.unit_of_work() as session:
                register(session, SYSTEM, an_organization(code=f"code-{number}x", name=name))
        except OrganizationExistsError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        registered = list(pool.map(try_to_register, range(6)))

    assert registered.count(True) == 1


def codes_seen(session: Session, actor: Actor) -> set[str]:
    codes = {row.code for row in list_organizations(session, actor)}
    assert codes == {row.code for row in list_page(session, actor, PageRequest()).items}
    assert len(codes) == count(session, actor)
    return codes


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, {"open"}),
        ("recipient", {"own", "open", "among-members"}),
        ("contributor", {"own", "open", "among-members"}),
        ("provider", {"own", "open", "among-members", "for-providers"}),
        ("analyst", {"own", "open", "among-members"}),
        ("secretariat", {"own", "open", "among-members", "for-providers", "closed", "empty"}),
        ("administrator", {"own", "open", "among-members", "for-providers", "closed", "empty"}),
    ],
)
def test_one_knows_an_organization_by_belonging_to_it_or_by_what_one_sees_of_it(
    session: Session, role: str | None, expected: set[str]
) -> None:
    create_offer(session, organization=create_organization(session, "open"), visibility=Visibility.PUBLIC)
    members = create_organization(session, "among-members")
    create_need(session, organization=members, visibility=Visibility.MEMBERS)
    create_need(session, organization=create_organization(session, "for-providers"), visibility=Visibility.PROVIDERS)
    create_need(session, organization=create_organization(session, "closed"), visibility=Visibility.PRIVATE)
    own = create_organization(session, "own")
    create_organization(session, "empty")
    actor = PUBLIC if role is None else actor_of(create_user(session, role, organization=own))

    assert codes_seen(session, actor) == expected
    for code in ("own", "open", "among-members", "for-providers", "closed", "empty"):
        organization_id = create_organization(session, code).id
        for handle in (code.upper(), str(organization_id)):
            assert is_found(session, actor, handle) is (code in expected)


def is_found(session: Session, actor: Actor, handle: str) -> bool:
    try:
        get_organization(session, actor, handle)
    except NotFoundError as error:
        assert str(error) == "There is no such organization."  # noqa: PT017 – the same whatever is there
        return False
    return True


def test_an_organization_goes_from_sight_with_its_last_public_record(session: Session) -> None:
    offer = create_offer(session, organization=create_organization(session, "first"))
    before = codes_seen(session, PUBLIC)

    offer.visibility = Visibility.PRIVATE
    session.flush()

    assert (before, codes_seen(session, PUBLIC)) == ({"first"}, set())
