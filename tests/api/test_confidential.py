"""Whom a State excludes is not told, neither outright nor by what can be worked out from public answers."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from app.actor import SYSTEM
from app.db import Database
from app.matches.models import Match, MatchRun
from app.matches.profiles import read_run_input
from app.matches.services import RunOrder, run_match
from app.needs.models import Need
from app.needs.secrets import EXCLUDED_PROVIDERS, seal_need
from app.needs.services import import_needs
from app.organizations.importing import FileImport
from matching.vocabulary import Visibility
from tests.factories import (
    create_area,
    create_need,
    create_offer,
    create_organization,
    create_scoring_profile,
    create_state,
)

A_DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

# What differs from run to run whatever was matched: how long it took, and the digests of files that say so.
PASSING = re.compile(
    r'"(?:seconds|peak_memory_mb)": ?(?:\{[^}]*\}|[\d.]+),?|[\d.,]+ (?:s|seconds|MB|MiB)\b'
    r'|\{"name": ?"(?:run\.json|report\.html)", ?"sha256": ?"[0-9a-f]{64}"\}'
)
AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def seed(session: Session) -> tuple[Need, Need]:
    """Store a need that one offer serves, one that none can serve, and offers of three providers."""
    create_scoring_profile(session)
    create_state(session, "XAB")
    met = create_need(session, external_id="n-met", title="Train our incident response team", priority=5)
    unmet = create_need(session, external_id="n-unmet", title="Write a law", areas=("LAW",), modes=("drafting",))
    create_offer(session, external_id="o-1", provider="First Provider", title="Training of incident response teams")
    create_offer(session, external_id="o-2", provider="Second Provider", title="Something on standards", capacity=0)
    create_offer(session, external_id="o-3", provider="Third Provider", title="Something on cables", capacity=0)
    return met, unmet


def exclude(session: Session, need: Need, *names: str) -> None:
    """Make the State exclude these providers and no other."""
    loaded = session.get_one(Need, need.id, options=[selectinload(Need.secret)])
    seal_need(session, loaded, {EXCLUDED_PROVIDERS: list(names)})


def public_answers(client: FlaskClient, run: MatchRun, needs: tuple[Need, ...]) -> dict[str, str]:
    """Return everything that somebody without an account reads of a run and of its needs."""
    run_addresses = ["", "/unmet-needs"]
    files = ["matches.csv", "unmet.csv", "tandems.csv", "run.json", "report.html"]
    addresses = [
        *(f"/api/v1/match-runs/{run.id}{part}" for part in run_addresses),
        *(
            f"/match-runs/{run.id}{part}"
            for part in ("", "/report", "?format=csv", *(f"/files/{name}" for name in files))
        ),
        *(f"{prefix}/needs/{need.id}" for need in needs for prefix in ("", "/api/v1")),
        *(
            "/api/v1/match-runs",
            "/api/v1/matches",
            "/api/v1/tandems",
            "/match-runs?format=csv",
            "/needs",
            "/offers",
            "/",
        ),
    ]
    kept = {str(need.id) for need in needs}
    answers = {}
    for address in addresses:
        with client.get(address) as response:
            assert response.status_code == 200, address
            text = PASSING.sub("", response.get_data(as_text=True))
        text = AN_ID.sub(lambda found: found[0] if found[0] in kept else "an id", text)
        answers[address.replace(str(run.id), "RUN")] = text
    return answers


def run_anew(database: Database) -> MatchRun:
    """Return a new run, the only one there is."""
    with database.unit_of_work() as session:
        session.execute(delete(MatchRun))
        return run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY), clock=lambda: NOON).run


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Third Provider",), ("Second Provider",)),
        (("Third Provider",), ("Third Provider", "Second Provider")),
        (("Nobody We Know",), ("Nobody We Know", "Third Provider")),
    ],
    ids=["another one", "one more", "one that has an offer"],
)
def test_the_public_cannot_tell_whom_a_state_excludes(
    client: FlaskClient, database: Database, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """The allocation is the same with either: then all that the public can read is the same, to the letter.

    The digest of the needs once covered the names, so that anybody could try the names of all providers; the ranking
    lacked the excluded offer; and the count of pairs and the sentence about the best offer followed.
    """
    with database.unit_of_work() as session:
        needs = seed(session)

    answers = []
    for excluded in (before, after):
        with database.unit_of_work() as session:
            for need in needs:
                exclude(session, need, *excluded)
        answers.append(public_answers(client, run_anew(database), needs))

    assert "n-met" in answers[0]["/match-runs/RUN/files/matches.csv"]
    assert answers[0] == answers[1]


def test_the_digest_of_the_needs_can_be_computed_from_public_records(database: Database) -> None:
    with database.unit_of_work() as session:
        create_need(session, excluded_providers=("Second Provider",))
        run_input = read_run_input(session, SYSTEM, circle=Visibility.PUBLIC, as_of_on=A_DAY)

    public = [asdict(need) | {"excluded_providers": ()} for need in run_input.pool.needs]
    spelled = json.dumps(public, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    assert run_input.digests["needs"] == hashlib.sha256(spelled.encode()).hexdigest()


def test_a_run_is_made_again_when_an_exclusion_changes(database: Database) -> None:
    """What is shown of its inputs is the same, but another offer may be allocated."""
    with database.unit_of_work() as session:
        met, other = seed(session)
        run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
        exclude(session, met, "First Provider")
        session.flush()
        session.expire_all()

        second = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

        allocated = session.scalars(select(Match.need_id).filter_by(run_id=second.run.id, is_allocated=True)).all()
    assert second.is_new
    assert allocated == [other.id]


def test_pairs_are_counted_as_if_nobody_were_excluded(database: Database) -> None:
    with database.unit_of_work() as session:
        met, _ = seed(session)
        exclude(session, met, "First Provider", "Second Provider")
        session.flush()

        run = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY)).run

    assert run.counts["eligible_pairs"] == 6


def test_an_edit_of_nothing_but_the_exclusions_changes_nothing_public(client: FlaskClient, database: Database) -> None:
    """A new version would tell that a State has fallen out with somebody, and when."""
    cells = "id,state,title,areas,excluded_providers,visibility\nn-1,XAA,Train our CERT,IRC,{},public\n"
    with database.unit_of_work() as session:
        create_organization(session, "cert-xaa")
        create_state(session)
        create_area(session)
        import_needs(session, SYSTEM, a_file(cells.format("Second Provider")), clock=lambda: NOON)
    before = client.get("/api/v1/needs").json["data"]
    tag = client.get(f"/api/v1/needs/{before[0]['id']}").headers["ETag"]

    with database.unit_of_work() as session:
        report = import_needs(session, SYSTEM, a_file(cells.format("Third Provider")))

    assert report.updated == 1
    assert client.get("/api/v1/needs").json["data"] == before
    assert client.get(f"/api/v1/needs/{before[0]['id']}").headers["ETag"] == tag


def test_an_edit_of_something_else_is_seen(client: FlaskClient, database: Database) -> None:
    cells = "id,state,title,areas,excluded_providers,visibility\nn-1,XAA,{},IRC,Second Provider,public\n"
    with database.unit_of_work() as session:
        create_organization(session, "cert-xaa")
        create_state(session)
        create_area(session)
        import_needs(session, SYSTEM, a_file(cells.format("Train our CERT")), clock=lambda: NOON)

    with database.unit_of_work() as session:
        import_needs(session, SYSTEM, a_file(cells.format("Train our team")))

    (record,) = client.get("/api/v1/needs").json["data"]
    assert record["version"] == 2
    assert record["updated_at"] > "2026-03-02T12:00:00Z"


def a_file(content: str) -> FileImport:
    """Return the order to import a file of the organization cert-xaa."""
    return FileImport(content=content.encode(), name="file.csv", organization_code="cert-xaa")
