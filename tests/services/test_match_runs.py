"""Runs of the matcher on the records of the database: stored whole, explained for ever, never repeated for nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zlib
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from app.actor import PUBLIC, SYSTEM
from app.audit.models import AuditEvent
from app.db import Database
from app.errors import ForbiddenError, NotFoundError
from app.matches import queries as matches
from app.matches import services
from app.matches.models import Match, MatchRun, MatchRunFile, Tandem, UnmetNeed
from app.matches.profiles import read_run_input
from app.matches.recording import RunRecord
from app.matches.services import RunOrder, compute_run, keep_run, plan_runs, record_run, run_match
from app.paging import PageRequest
from matching import engine
from matching.profiles import parse_profile
from matching.results import Contribution, RunCounts, RunResult
from matching.results import Match as EngineMatch
from matching.results import Tandem as EngineTandem
from matching.results import UnmetNeed as EngineUnmetNeed
from matching.sentences import Sentence
from matching.vocabulary import Component, TandemKind, UnmetReason, Visibility
from tests.factories import (
    create_area,
    create_need,
    create_offer,
    create_organization,
    create_release,
    create_scoring_profile,
    create_state,
)

A_DAY = date(2026, 3, 2)
AN_ORDER = RunOrder(as_of_on=A_DAY)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FILE_NAMES = ["matches.csv", "report.html", "run.json", "tandems.csv", "unmet.csv"]


def seed(session: Session) -> None:
    """Store two needs, one offer with one place, and the default profile."""
    create_scoring_profile(session)
    create_need(session, external_id="n-1", title="Train our incident response team", priority=5)
    create_need(session, external_id="n-2", title="Write a law on electronic evidence", areas=("CRI",), states=("XAB",))
    create_offer(session, external_id="o-1", title="Training of incident response teams")


def file_of(session: Session, run: MatchRun, name: str) -> bytes:
    """Return a file of a run as it was written."""
    query = select(MatchRunFile).filter_by(run_id=run.id, name=name).options(undefer(MatchRunFile.content))
    return zlib.decompress(session.scalars(query).one().content)


def n_rows(session: Session, model: type[MatchRun | Match | AuditEvent]) -> int:
    """Return how many rows a table has."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def a_result(session: Session) -> RunResult:
    """Return a result made by hand: one match, one unmet need, one tandem."""
    profile = parse_profile(create_scoring_profile(session).document)
    contribution = Contribution(
        component=Component.AREA,
        value=0.75,
        share=0.75,
        sentence=Sentence(message="Both are about %(area)s.", values={"area": "IRC"}),
    )
    match = EngineMatch(
        need_id="n-1", offer_id="o-1", rank=1, score=0.75, is_allocated=True, contributions=(contribution,)
    )
    unmet = EngineUnmetNeed(
        need_id="n-2",
        reason=UnmetReason.CAPACITY_TAKEN,
        detail=Sentence(message="Every place is taken."),
        nearest_offer_id="o-1",
        would_match_if=Sentence(message="If there were %(n)s more place.", values={"n": 1}),
    )
    tandem = EngineTandem(
        area_code="IRC",
        lead="XAA",
        partners=("XAB",),
        kind=TandemKind.LEAD,
        score=0.5,
        reasons=(Sentence(message="They share a language."),),
    )
    return RunResult(
        engine_version="1.0",
        profile=profile,
        as_of_on=A_DAY,
        needs=(),
        offers=(),
        reading_by_need_id={},
        reading_by_offer_id={},
        matches=(match,),
        unmet=(unmet,),
        tandems=(tandem,),
        counts=RunCounts(n_needs=2, n_offers=1, n_private=0, n_eligible_pairs=2, n_allocated=1, n_unmet=1),
        seconds={"score": 0.25},
    )


def a_record(session: Session) -> RunRecord:
    """Return the result made by hand with the rows that it is about."""
    first = create_need(session, external_id="n-1")
    second = create_need(session, external_id="n-2", states=("XAB",))
    offer = create_offer(session, external_id="o-1")
    return RunRecord(
        result=a_result(session),
        profile_id=create_scoring_profile(session).id,
        area_release="1",
        visibility=Visibility.PUBLIC,
        need_id_by_name={"n-1": first.id, "n-2": second.id},
        offer_id_by_name={"o-1": offer.id},
        digests={"needs": "1" * 64},
        confidential_sha256="2" * 64,
        files={"matches.csv": b"need_id\r\n"},
        started_at=NOON,
        finished_at=NOON,
    )


def test_a_match_is_recorded_with_what_each_component_adds(session: Session) -> None:
    record_run(session, SYSTEM, a_record(session))

    match = session.scalars(select(Match)).one()
    assert (match.rank, match.score, match.is_allocated) == (1, 0.75, True)
    assert match.contributions == [
        {
            "component": "area",
            "value": 0.75,
            "share": 0.75,
            "message": "Both are about %(area)s.",
            "values": {"area": "IRC"},
        }
    ]


def test_an_unmet_need_is_recorded_with_its_reason_and_what_would_help(session: Session) -> None:
    finished = a_record(session)

    record_run(session, SYSTEM, finished)

    unmet = session.scalars(select(UnmetNeed)).one()
    assert unmet.reason is UnmetReason.CAPACITY_TAKEN
    assert unmet.nearest_offer_id == finished.offer_id_by_name["o-1"]
    assert unmet.would_match_if == {"message": "If there were %(n)s more place.", "values": {"n": 1}}


def test_a_tandem_is_recorded_with_its_partners(session: Session) -> None:
    record_run(session, SYSTEM, a_record(session))

    tandem = session.scalars(select(Tandem)).one()
    assert (tandem.area_code, tandem.lead_code, tandem.partner_codes) == ("IRC", "XAA", ["XAB"])
    assert tandem.reasons == [{"message": "They share a language.", "values": {}}]


def test_a_file_is_recorded_compressed_with_the_digest_of_its_bytes(session: Session) -> None:
    run = record_run(session, SYSTEM, a_record(session))

    assert file_of(session, run, "matches.csv") == b"need_id\r\n"
    assert session.scalars(select(MatchRunFile.sha256)).one() == hashlib.sha256(b"need_id\r\n").hexdigest()
    assert run.ranking_sha256 == hashlib.sha256(b"need_id\r\n").hexdigest()


def test_a_run_leaves_one_event(session: Session) -> None:
    run = record_run(session, SYSTEM, a_record(session))

    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.record_id) == ("match_run.recorded", str(run.id))


def test_a_run_matches_what_is_stored(session: Session) -> None:
    seed(session)

    outcome = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    assert outcome.is_new
    assert outcome.run.counts["needs"] == 2
    assert outcome.run.counts["offers"] == 1
    best = session.scalars(select(Match).where(Match.is_allocated)).one()
    assert best.rank == 1


def test_the_contributions_of_a_stored_match_add_up_to_its_score(session: Session) -> None:
    seed(session)

    run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    for match in session.scalars(select(Match)):
        assert sum(part["share"] for part in match.contributions) == pytest.approx(match.score, abs=1e-6)


def test_every_need_of_a_run_is_allocated_or_unmet(session: Session) -> None:
    seed(session)

    run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    allocated = session.scalars(select(Match.need_id).where(Match.is_allocated)).all()
    unmet = session.scalars(select(UnmetNeed.need_id)).all()
    assert len({*allocated, *unmet}) == len(allocated) + len(unmet) == 2


def test_a_run_keeps_the_five_files(session: Session) -> None:
    seed(session)

    run = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY)).run

    names = session.scalars(select(MatchRunFile.name).filter_by(run_id=run.id)).all()
    assert sorted(names) == FILE_NAMES
    rows = list(csv.DictReader(io.StringIO(file_of(session, run, "matches.csv").decode(), newline="")))
    assert len(rows) == n_rows(session, Match)
    document = json.loads(file_of(session, run, "run.json"))
    assert document["ranking_sha256"] == run.ranking_sha256
    assert document["inputs"] == run.inputs


def test_a_run_that_would_come_out_the_same_is_not_made_again(session: Session) -> None:
    seed(session)
    first = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    n_matches = n_rows(session, Match)

    second = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    assert (second.is_new, second.run.id) == (False, first.run.id)
    assert n_rows(session, MatchRun) == 1
    assert n_rows(session, Match) == n_matches


def test_another_day_is_another_run(session: Session) -> None:
    seed(session)
    run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    second = run_match(session, SYSTEM, RunOrder(as_of_on=date(2026, 3, 3)))

    assert second.is_new


def test_a_day_that_comes_again_is_not_run_again(session: Session) -> None:
    """Only the run made last was compared, so that going back and forth between two days made a run each time."""
    seed(session)
    first = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    run_match(session, SYSTEM, RunOrder(as_of_on=date(2026, 3, 3)))

    again = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    assert (again.is_new, again.run.id) == (False, first.run.id)


def test_a_run_for_an_earlier_day_does_not_take_the_place_of_the_newest(session: Session) -> None:
    """A look at how it would have been in January once became what every page showed."""
    seed(session)
    newest = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY)).run

    run_match(session, SYSTEM, RunOrder(as_of_on=date(2026, 1, 2)))

    assert matches.find_latest_run(session, PUBLIC) is newest


def test_a_new_offer_makes_another_run(session: Session) -> None:
    seed(session)
    first = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    create_offer(session, external_id="o-2")

    second = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    assert second.is_new
    digests = [{entry["name"]: entry["sha256"] for entry in outcome.run.inputs} for outcome in (first, second)]
    assert digests[0]["needs"] == digests[1]["needs"]
    assert digests[0]["offers"] != digests[1]["offers"]


def test_a_new_version_of_the_profile_makes_another_run(session: Session) -> None:
    seed(session)
    run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    create_scoring_profile(session, version="2", created_at=NOON)

    second = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    assert (second.is_new, second.run.profile.version) == (True, "2")


def test_another_version_of_the_engine_makes_another_run(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(session)
    run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    for module in (services, engine):
        monkeypatch.setattr(module, "ENGINE_VERSION", "next")

    second = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    assert second.is_new


def test_another_release_of_the_areas_makes_another_run(session: Session) -> None:
    """Told apart from the digest, which covers the release too: what a run says of itself has to be so."""
    seed(session)
    first = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY)).run
    create_release(session, "2", adopted_on=A_DAY)
    inputs = read_run_input(session, SYSTEM, circle=Visibility.PUBLIC, as_of_on=A_DAY)
    first.inputs = [{"name": name, "sha256": digest} for name, digest in inputs.digests.items()]

    second = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    assert (second.is_new, second.run.area_release) == (True, "2")


def test_private_records_take_no_part_and_change_not_even_a_digest(session: Session) -> None:
    seed(session)
    before = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    create_need(session, external_id="n-3", visibility=Visibility.PRIVATE)
    create_offer(session, external_id="o-3", visibility=Visibility.PRIVATE)

    after = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))

    assert (after.is_new, after.run.id) == (False, before.run.id)


def test_a_need_for_the_secretariat_changes_nothing_for_everybody(session: Session) -> None:
    """One imported need, for the secretariat as every record is by default, once hid every later run from the pages."""
    seed(session)
    before = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    files = [file_of(session, before.run, name) for name in ("matches.csv", "unmet.csv", "tandems.csv")]
    create_need(session, external_id="a-1", priority=5, visibility=Visibility.SECRETARIAT)
    create_offer(session, external_id="a-2", visibility=Visibility.SECRETARIAT)

    same_day = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    next_day = run_match(session, SYSTEM, RunOrder(as_of_on=date(2026, 3, 3)))

    assert (same_day.is_new, same_day.run.id) == (False, before.run.id)
    assert (next_day.is_new, next_day.run.inputs, next_day.run.counts) == (True, before.run.inputs, before.run.counts)
    assert [file_of(session, next_day.run, name) for name in ("matches.csv", "unmet.csv", "tandems.csv")] == files
    assert next_day.run.visibility is Visibility.PUBLIC


def test_an_id_that_the_secretariat_uses_too_is_no_other_id_for_everybody(session: Session) -> None:
    seed(session)
    desk = create_organization(session, "desk")
    create_need(session, organization=desk, external_id="n-1", visibility=Visibility.SECRETARIAT)

    run_input = read_run_input(session, SYSTEM, circle=Visibility.PUBLIC, as_of_on=A_DAY)

    assert [need.need_id for need in run_input.pool.needs] == ["n-1", "n-2"]


def test_the_run_for_the_secretariat_holds_all_but_private_records(session: Session) -> None:
    seed(session)
    for visibility in Visibility:
        create_need(session, external_id=f"a-{visibility}", visibility=visibility)

    run = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY, circle=Visibility.SECRETARIAT)).run

    assert (run.visibility, run.counts["needs"]) == (Visibility.SECRETARIAT, 6)
    document = json.loads(file_of(session, run, "run.json"))
    assert document["counts"]["needs"] == 6
    assert b"a-private" not in file_of(session, run, "unmet.csv") + file_of(session, run, "matches.csv")


def test_the_public_does_not_learn_of_the_run_for_the_secretariat(session: Session) -> None:
    seed(session)
    create_need(session, external_id="a-1", visibility=Visibility.SECRETARIAT)

    shared, hidden = (run_match(session, SYSTEM, order).run for order in plan_runs(session, SYSTEM, AN_ORDER))

    newest = matches.find_latest_run(session, PUBLIC)
    assert newest is not None
    assert newest.id == shared.id
    assert [run.id for run in matches.list_runs(session, PUBLIC, PageRequest()).items] == [shared.id]
    with pytest.raises(NotFoundError):
        matches.get_run(session, PUBLIC, hidden.id)


def test_neither_run_is_made_again_for_nothing(session: Session) -> None:
    seed(session)
    create_need(session, external_id="a-1", visibility=Visibility.MEMBERS)
    first = [run_match(session, SYSTEM, order) for order in plan_runs(session, SYSTEM, AN_ORDER)]

    second = [run_match(session, SYSTEM, order) for order in plan_runs(session, SYSTEM, AN_ORDER)]

    assert [outcome.is_new for outcome in first + second] == [True, True, False, False]
    assert [outcome.run.id for outcome in first] == [outcome.run.id for outcome in second]


def test_a_change_for_the_secretariat_makes_one_run_more(session: Session) -> None:
    seed(session)
    create_need(session, external_id="a-1", visibility=Visibility.SECRETARIAT)
    for order in plan_runs(session, SYSTEM, AN_ORDER):
        run_match(session, SYSTEM, order)
    create_need(session, external_id="a-2", visibility=Visibility.SECRETARIAT)

    outcomes = [run_match(session, SYSTEM, order) for order in plan_runs(session, SYSTEM, AN_ORDER)]

    assert [outcome.is_new for outcome in outcomes] == [False, True]


@pytest.mark.parametrize(
    ("visibilities", "expected"),
    [
        pytest.param([], ["public"], id="nothing"),
        pytest.param([Visibility.PUBLIC], ["public"], id="public"),
        pytest.param([Visibility.PRIVATE], ["public"], id="private"),
        pytest.param([Visibility.SECRETARIAT], ["public", "secretariat"], id="secretariat"),
        pytest.param([Visibility.MEMBERS, Visibility.PUBLIC], ["public", "secretariat"], id="members"),
    ],
)
def test_there_is_a_run_for_the_secretariat_where_it_holds_more(
    session: Session, visibilities: list[Visibility], expected: list[str]
) -> None:
    for visibility in visibilities:
        create_offer(session, visibility=visibility)

    orders = plan_runs(session, SYSTEM, AN_ORDER)

    assert [order.circle for order in orders] == expected


def test_records_with_the_same_id_are_told_apart_by_their_organization(session: Session) -> None:
    first, second = create_organization(session, "cert-xaa"), create_organization(session, "cert-xab")
    create_need(session, organization=first, external_id="n-1")
    create_need(session, organization=second, external_id="n-1")
    create_need(session, organization=second, external_id="n-2")
    create_area(session)

    run_input = read_run_input(session, SYSTEM, circle=Visibility.PUBLIC, as_of_on=A_DAY)

    assert [need.need_id for need in run_input.pool.needs] == ["cert-xaa:n-1", "cert-xab:n-1", "n-2"]


def test_the_pool_does_not_depend_on_the_order_of_the_rows(session: Session) -> None:
    create_state(session, "XAA")
    create_area(session)
    for external_id in ("n-3", "n-1", "n-2"):
        create_need(session, external_id=external_id)

    run_input = read_run_input(session, SYSTEM, circle=Visibility.PUBLIC, as_of_on=A_DAY)

    assert [need.need_id for need in run_input.pool.needs] == ["n-1", "n-2", "n-3"]


def test_an_unknown_profile_is_told_with_the_known_ones(session: Session) -> None:
    seed(session)

    with pytest.raises(NotFoundError, match="known are: default"):
        run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY, profile_name="other"))


def test_the_public_may_not_run_the_matcher(session: Session) -> None:
    with pytest.raises(ForbiddenError, match="match_run:create"):
        run_match(session, PUBLIC, RunOrder(as_of_on=A_DAY))


def test_others_can_write_while_a_run_is_computed(database: Database) -> None:
    with database.unit_of_work() as session:
        seed(session)

    def somebody_writes(_stage: str, _done: int, _total: int) -> None:
        with database.unit_of_work() as other:
            create_organization(other)

    with database.reading() as session:
        finished = compute_run(session, SYSTEM, AN_ORDER, progress=somebody_writes)

    with database.unit_of_work() as session:
        assert keep_run(session, SYSTEM, AN_ORDER, finished).is_new


def test_two_who_compute_the_same_run_at_once_store_it_once(database: Database) -> None:
    with database.unit_of_work() as session:
        seed(session)
    with database.reading() as session:
        computed = [compute_run(session, SYSTEM, AN_ORDER) for _ in range(2)]

    with database.unit_of_work() as session:
        kept = [keep_run(session, SYSTEM, AN_ORDER, finished) for finished in computed]

        assert [outcome.is_new for outcome in kept] == [True, False]
        assert kept[0].run is kept[1].run
