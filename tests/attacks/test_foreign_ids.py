"""Ids of what one may not see, wherever one can write an id: the answer is that for one that never was."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import LoginSession
from app.db import Database
from matching.vocabulary import Visibility
from tests.attacks.conftest import MakeCaller
from tests.factories import create_match, create_match_run, create_need, create_offer, create_organization
from tests.factories.accounts import create_login, create_user

NEVER_WAS = UUID("12345678-1234-4234-8234-123456789abc")
SECRET = "Zzyzx"


@pytest.mark.parametrize("noun", ["needs", "offers"])
@pytest.mark.parametrize("role", ["recipient", "contributor", "provider", "analyst", "secretariat", "administrator"])
def test_a_foreign_id_is_as_one_that_never_was(caller: MakeCaller, database: Database, role: str, noun: str) -> None:
    """In the path, in the query and in what a change is sent to, for a record and for a run and a match that hold it."""
    with database.unit_of_work() as session:
        other = create_organization(session, "other")
        hidden = {"organization": other, "title": SECRET, "visibility": Visibility.PRIVATE}
        need, offer = create_need(session, **hidden), create_offer(session, **hidden)
        run = create_match_run(session)
        match = create_match(session, run=run, need=need, offer=offer)
        ids = {"record": need.id if noun == "needs" else offer.id, "run": run.id, "match": match.id}
    reader = caller(role)
    path, change = f"/api/v1/{noun}/{{}}", {"title": "Mine"}
    asked = {
        "record": [path, path + "/duplicates", path + "/coach", f"/api/v1/matches?{noun[:-1]}_id={{}}"],
        "run": [
            "/api/v1/match-runs/{}",
            "/api/v1/match-runs/{}/unmet-needs",
            f"/api/v1/match-runs/{{}}/comparisons/{NEVER_WAS}",
            f"/api/v1/match-runs/{NEVER_WAS}/comparisons/{{}}",
            "/api/v1/matches?run_id={}",
            "/api/v1/tandems?run_id={}",
        ],
        "match": ["/api/v1/matches/{}"],
    }

    for kind, addresses in asked.items():
        for address in addresses:
            answer, never = reader.get(address.format(ids[kind])), reader.get(address.format(NEVER_WAS))
            assert (answer.status_code, answer.data) == (never.status_code, never.data), address
    answer, never = (reader.patch(path.format(record_id), change) for record_id in (ids["record"], NEVER_WAS))
    assert (answer.status_code, answer.data) == (never.status_code, never.data)


def test_what_is_of_somebody_else_is_not_ended(app: Flask, client: FlaskClient, database: Database) -> None:
    """The session of another person goes on, and the answer is that for one that never was."""
    with database.unit_of_work() as session:
        victim = create_user(session)
        theirs = create_login(session, victim)
        mine = create_login(session)
        session_id = session.scalars(select(LoginSession.id).where(LoginSession.user_id == victim.id)).one()
    client.set_cookie("tandem_session", mine)
    page = client.get("/account").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    answers = [
        client.post(f"/account/sessions/{some_id}/end", data={"csrf_token": token})
        for some_id in (session_id, NEVER_WAS)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    browser = app.test_client()
    browser.set_cookie("tandem_session", theirs)
    assert browser.get("/account").status_code == 200
