"""The next release of the areas at a browser without script: drafted, looked at, put right, adopted; and told of after it."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from app.actor import SYSTEM
from app.areas.models import AreaRelease, ReleaseState
from app.areas.release_queries import get_area_of, get_release, release_in_force
from app.clock import today_utc
from app.db import Database
from tests.factories import create_area, create_need, create_organization, create_questionnaire, create_release
from tests.forms.conftest import MakeWriter
from tests.forms.writers import Writer, actions

RELEASES = "/areas/releases"
DRAFT = "/areas/releases/2"


@pytest.fixture
def secretary(database: Database, writer: MakeWriter) -> Writer:
    """Somebody of the secretariat; a need refers to a topic."""
    with database.unit_of_work() as session:
        for code in ("IRC.1", "IRC.2"):
            create_area(session, code)
        create_questionnaire(session)
        create_need(session, organization=create_organization(session, "ministry"), areas=("IRC.2",), title="Old need")
    return writer("secretariat", home="office")


def page_of(answer: TestResponse) -> str:
    """Return what a page says, with its signs as they are meant."""
    return re.sub(r"\s+", " ", html.unescape(answer.get_data(as_text=True)))


def words_of(answer: TestResponse) -> str:
    """Return what a page says, its links as words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page_of(answer)))


def token_of(person: Writer) -> str:
    """Return the token of the forms of somebody."""
    page = person.client.get("/account").get_data(as_text=True)
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def post(person: Writer, address: str, **typed: str) -> TestResponse:
    """Send a form of a page, with its token."""
    return person.client.post(address, data={"csrf_token": token_of(person), **typed})


def edited(person: Writer, code: str, **typed: str) -> TestResponse:
    """Send the form of an area with some fields typed anew."""
    page = person.client.get(f"{DRAFT}/areas/{code}").get_data(as_text=True)
    fields = dict(re.findall(r'name="(version|title_\w\w)"[^>]*value="([^"]*)"', page))
    fields |= {
        name: html.unescape(text) for name, text in re.findall(r'name="(scope|terms|links)"[^>]*>\n([^<]*)<', page)
    }
    return post(person, f"{DRAFT}/areas/{code}", **{**fields, **typed})


def draft_of(database: Database) -> AreaRelease:
    """Return the draft as it is stored."""
    with database.reading() as session:
        return get_release(session, SYSTEM, "2")


def test_the_areas_lead_to_their_releases_whom_they_concern(secretary: Writer, writer: MakeWriter) -> None:
    leads = {
        person: f'href="{RELEASES}"' in person.client.get("/areas").get_data(as_text=True)
        for person in (secretary, writer("analyst"))
    }

    assert list(leads.values()) == [True, False]


def test_the_next_release_from_draft_to_adoption(secretary: Writer, database: Database, writer: MakeWriter) -> None:
    begun = post(secretary, RELEASES)
    assert begun.headers["Location"] == DRAFT

    assert edited(secretary, "LAW", title_en="Law of States", title_fr="Le droit").status_code == 302
    added = post(
        secretary,
        f"{DRAFT}/new",
        code="irc.9",
        title_en="Cloud response",
        terms="en: cloud\nfr: nuage",
        scope="Clouds.",
    )
    assert added.status_code == 302
    assert edited(secretary, "IRC.2", is_retired="1").status_code == 302

    page = page_of(secretary.client.get(DRAFT))
    assert "It touches: 1 need" in page
    assert re.search(r"Records refer to it: \d of those that you see. Name the area that succeeds it.", page)
    refused = post(secretary, DRAFT, action="adopt", adopted_on=today_utc().isoformat(), review_on="2199-01-01")
    assert refused.status_code == 409
    assert "some areas have to be put right first" in page_of(refused)
    # All of it is still there.
    assert "Law of States" in page_of(refused)

    assert edited(secretary, "IRC.2", is_retired="1", successor="IRC.1").status_code == 302
    adopted = post(secretary, DRAFT, action="adopt", adopted_on=today_utc().isoformat(), review_on="2199-01-01")

    assert adopted.status_code == 302
    assert "in force" in page_of(secretary.client.get(DRAFT))
    again = post(secretary, DRAFT, action="adopt", adopted_on=today_utc().isoformat(), review_on="2199-01-01")
    assert again.status_code == 409
    assert "Release 2 is adopted; it cannot become adopted." in page_of(again)
    reader = writer("analyst")
    assert "since release 2: Area IRC.1" in page_of(reader.client.get("/needs"))
    assert "This area is retired since release 2. Its successor: Area IRC.1" in words_of(
        reader.client.get("/areas/IRC.2")
    )
    form = writer().client.get("/needs/new").get_data(as_text=True)
    assert 'value="IRC.9"' in form
    assert 'value="IRC.2"' not in form
    # The release before is as it was.
    assert "Area LAW" in page_of(secretary.client.get(f"{RELEASES}/1/areas/LAW"))
    assert "Law of States" not in page_of(secretary.client.get(f"{RELEASES}/1"))
    assert actions(database)[:2] == ["area_release.drafted", "area_release.edited"]
    assert {"area_release.adopted", "area_release.superseded", "area.registered", "area.updated"} <= set(
        actions(database)
    )


def test_an_old_record_is_changed_with_the_successor_filled_in(
    secretary: Writer, database: Database, writer: MakeWriter
) -> None:
    post(secretary, RELEASES)
    edited(secretary, "IRC.2", is_retired="1", successor="IRC.1")
    post(secretary, DRAFT, action="adopt", adopted_on=today_utc().isoformat(), review_on="2199-01-01")
    focal_point = writer()
    address = re.search(r'href="(/needs/[0-9a-f-]{36})"', focal_point.client.get("/needs").get_data(as_text=True))
    assert address is not None

    form = focal_point.opened(f"{address[1]}/edit")

    assert form.values["areas"][0] == "IRC.1"
    assert form.send({"priority": "5"}).status_code == 303


def test_there_is_one_draft_at_a_time(secretary: Writer) -> None:
    post(secretary, RELEASES)

    again = post(secretary, RELEASES)

    assert again.status_code == 409
    assert "Release 2 is being drafted already" in page_of(again)
    assert "Go on with the draft of release 2" in page_of(again)


def test_of_two_at_one_area_nothing_is_lost(secretary: Writer, database: Database) -> None:
    post(secretary, RELEASES)
    page = secretary.client.get(f"{DRAFT}/areas/LAW").get_data(as_text=True)
    (mark,) = re.findall(r'name="version" value="(\w+)"', page)
    edited(secretary, "LAW", title_en="Theirs")

    refused = post(secretary, f"{DRAFT}/areas/LAW", version=mark, title_en="Mine")

    told = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert 'value="Mine"' in told
    assert "They wrote:" in told
    assert "Theirs" in told
    (now,) = re.findall(r'name="version" value="(\w+)"', told)
    assert post(secretary, f"{DRAFT}/areas/LAW", version=now, title_en="Mine").status_code == 302
    with database.reading() as session:
        assert get_area_of(session, draft_of(database), "LAW").title() == "Mine"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"code": "law"}, "is used already, or was once"),
        ({"code": "7"}, "three capital letters"),
        ({"terms": "incident"}, "Write one term a line"),
        ({"terms": "de: Vorfall"}, "Write one term a line"),
        ({"links": "gfce"}, "Write one entry a line"),
        ({"links": "gfce Z9"}, "There is no entry Z9 in the scheme gfce."),
        ({"title_en": "a\u202eb"}, "a character that nobody sees"),
        ({"scope": "What it is.\u200b"}, "a character that nobody sees"),
        ({"title_fr": "x" * 201}, "Shorten it to 200 characters."),
    ],
)
def test_what_is_wrong_is_told_and_all_that_was_typed_stays(
    secretary: Writer, typed: dict[str, str], told: str
) -> None:
    post(secretary, RELEASES)

    answer = post(secretary, f"{DRAFT}/new", **{"code": "NEW", "title_en": "New", "scope": "What it is.", **typed})

    assert answer.status_code == 422
    assert told in page_of(answer)
    assert "What it is." in page_of(answer)


def test_a_topic_is_moved_and_that_is_taken_back(secretary: Writer) -> None:
    post(secretary, RELEASES)

    moved = post(secretary, f"{DRAFT}/areas/IRC.2/move", parent="LAW")

    assert moved.headers["Location"] == f"{DRAFT}/areas/LAW.1"
    held = post(secretary, f"{DRAFT}/areas/LAW.1/take-back")
    assert held.status_code == 409
    assert "Other areas of this draft rest on this one: IRC.2" in page_of(held)
    assert post(secretary, f"{DRAFT}/areas/IRC.2/take-back").status_code == 302
    assert post(secretary, f"{DRAFT}/areas/LAW.1/take-back").status_code == 302
    assert "Nothing yet." in page_of(secretary.client.get(DRAFT))
    assert post(secretary, f"{DRAFT}/areas/IRC.2/move", parent="IRC").status_code == 422


def test_a_draft_is_discarded(secretary: Writer, database: Database) -> None:
    post(secretary, RELEASES)

    assert post(secretary, DRAFT, action="discard").status_code == 302

    assert draft_of(database).state is ReleaseState.DISCARDED
    assert edited(secretary, "LAW").status_code == 409


def test_days_that_make_no_sense_are_told(secretary: Writer) -> None:
    post(secretary, RELEASES)

    for typed, told in (
        ({"adopted_on": "soon", "review_on": "2199-01-01"}, "Give a day"),
        ({"adopted_on": "2199-01-01", "review_on": "2199-01-02"}, "on a day to come"),
        ({"adopted_on": today_utc().isoformat(), "review_on": "2026-01-01"}, "Give a day to come"),
    ):
        answer = post(secretary, DRAFT, action="adopt", **typed)
        assert answer.status_code == 422
        assert told in page_of(answer)


def test_a_file_is_shown_before_it_is_taken_in(secretary: Writer, database: Database) -> None:
    post(secretary, RELEASES)
    table = secretary.client.get(f"{DRAFT}/file?table=areas").get_data()
    changed = table.replace(b"Area LAW", b"Law of States", 1) + b"NEW,,Space,,,,,,Satellites.,0,,,,\r\n"

    def upload(content: bytes) -> TestResponse:
        token = token_of(secretary)
        data = {"csrf_token": token, "file": (io.BytesIO(content), "areas.csv")}
        return secretary.client.post(f"{DRAFT}/file", data=data)

    shown = upload(changed)
    assert "The file changes 2 areas. Nothing is stored yet." in page_of(shown)
    with database.reading() as session:
        assert get_area_of(session, draft_of(database), "LAW").title() == "Area LAW"
    accepted = html.unescape(
        re.findall(r'<textarea name="accepted"[^>]*>\n(.*?)</textarea>', shown.get_data(as_text=True), re.DOTALL)[0]
    )
    assert post(secretary, f"{DRAFT}/file", accepted=accepted).status_code == 302
    with database.reading() as session:
        assert get_area_of(session, draft_of(database), "NEW").scope == "Satellites."
    assert "nothing would change" in page_of(upload(changed))
    faulty = upload(b"code,title_en\nLAW,\n")
    assert faulty.status_code == 422
    assert "nothing was stored" in page_of(faulty)


@pytest.mark.parametrize(("days", "is_told"), [(61, False), (60, True), (-1, True)])
def test_the_review_asks_for_itself(
    secretary: Writer, database: Database, writer: MakeWriter, days: int, *, is_told: bool
) -> None:
    with database.unit_of_work() as session:
        release_in_force(session).review_on = today_utc() + timedelta(days=days)

    for address in ("/", "/areas", RELEASES):
        assert ("is to be looked at again by" in page_of(secretary.client.get(address))) is is_told, address
    for address in ("/", "/areas"):
        assert "looked at again" not in page_of(writer("recipient").client.get(address))


def test_pages_tell_what_became_of_each_release(secretary: Writer, database: Database) -> None:
    with database.unit_of_work() as session:
        create_release(session, "0", state=ReleaseState.SUPERSEDED)
        create_release(session, "3", state=ReleaseState.DISCARDED, base_release="1", adopted_on=None)

    page = page_of(secretary.client.get(RELEASES))

    assert re.findall(r"releases/\d\">(Release \d)<", page) == ["Release 3", "Release 1", "Release 0"]
    assert "discarded" in page
    assert "superseded" in page
