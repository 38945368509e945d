"""Running the matcher on the records of the database, and keeping the scoring profiles it runs with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.audit.services import Change, record
from app.clock import Clock, now_utc
from app.errors import NotFoundError
from app.matches.answers import find_answers
from app.matches.disclosure import disclosed
from app.matches.files import RANKING_FILE, run_files
from app.matches.models import MatchRun, ScoringProfile
from app.matches.options import PLAIN_OPTIONS, RunOptions, weighed_profile
from app.matches.profiles import RunInput, count_left_out, read_run_input
from app.matches.recording import RunRecord, insert_findings, run_row
from app.matches.scoring_profiles import get_profile
from matching.engine import run as run_engine
from matching.execution import PLAIN, Execution, Progress
from matching.results import RunResult
from matching.vocabulary import ENGINE_VERSION, Visibility

DEFAULT_PROFILE: Final = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """What to run: with which profile, as of which day, for whom, and what else than matches is wanted.

    What everybody in the ``circle`` may see takes part, and who is in it may see the run.
    """

    as_of_on: date
    profile_name: str = DEFAULT_PROFILE
    circle: Visibility = Visibility.PUBLIC
    options: RunOptions = PLAIN_OPTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """A run, and whether it was made now or found as it would have come out."""

    run: MatchRun
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """Everything but circle and day that decides what a run finds: on the same ground it would only be repeated."""

    profile_id: UUID
    engine_version: str
    area_release: str
    options: RunOptions
    digests: Mapping[str, str]
    confidential_sha256: str


def plan_runs(session: Session, actor: Actor, order: RunOrder) -> tuple[RunOrder, ...]:
    """Return what to run in turn: the order itself, and the same for the secretariat where that holds more records.

    A record that is not for everybody takes no place in a run that is, and still gets its matches.
    """
    n_left_out = count_left_out(session, actor, circle=order.circle, as_of_on=order.as_of_on)
    return (order, replace(order, circle=Visibility.SECRETARIAT)) if n_left_out else (order,)


def run_match(
    session: Session,
    actor: Actor,
    order: RunOrder,
    *,
    progress: Progress | None = None,
    clock: Clock = now_utc,
) -> RunOutcome:
    """Match the needs and offers that the circle of the order may see, and store the run with all it found.

    For large pools call ``compute_run`` and ``keep_run`` apart: the first takes long and changes nothing, so that
    others can write meanwhile.

    Raises
    ------
    NotFoundError
        When there is no such profile.
    InvalidInputError
        When the rule and the equity floor do not go together, or a floor is for a group that nobody knows.
    """
    finished = compute_run(session, actor, order, progress=progress, clock=clock)
    return keep_run(session, actor, order, finished, clock=clock)


def compute_run(
    session: Session,
    actor: Actor,
    order: RunOrder,
    *,
    progress: Progress | None = None,
    clock: Clock = now_utc,
) -> RunRecord | None:
    """Return a run of the matcher, not stored yet; None where it would come out as the last for circle and day did.

    That is so where that run had the same records, reference data, profile and engine.

    Raises
    ------
    NotFoundError
        When there is no such profile.
    InvalidInputError
        When the rule and the equity floor do not go together, or a floor is for a group that nobody knows.
    """
    require(actor, Permission.MATCH_RUN_CREATE)
    started_at = clock()
    profile = get_profile(session, order.profile_name)
    run_input = read_run_input(session, actor, circle=order.circle, as_of_on=order.as_of_on)
    weighed = weighed_profile(profile.document, order.options, run_input.reference.geography)
    known = _find_run(session, order)
    ground = _Ground(
        profile_id=profile.id,
        engine_version=ENGINE_VERSION,
        area_release=run_input.reference.taxonomy.release,
        options=order.options,
        digests=run_input.digests,
        confidential_sha256=run_input.confidential_sha256,
    )
    if known is not None and _ground(known) == ground:
        return None
    result = run_engine(
        run_input.pool,
        run_input.reference,
        weighed,
        as_of_on=order.as_of_on,
        sharing=order.options.sharing,
        execution=PLAIN if progress is None else Execution(progress=progress),
    )
    return _finished(result, run_input, profile, order=order, started_at=started_at, clock=clock)


def keep_run(
    session: Session, actor: Actor, order: RunOrder, finished: RunRecord | None, *, clock: Clock = now_utc
) -> RunOutcome:
    """Store a run that was computed, unless somebody stored the same one meanwhile; return the run that there is."""
    known = _find_run(session, order)
    if finished is not None and (known is None or _ground(known) != _ground_of(finished)):
        return RunOutcome(run=record_run(session, actor, finished, clock=clock), is_new=True)
    if known is None:
        raise NotFoundError("There is no match run yet.")
    return RunOutcome(run=known, is_new=False)


def record_run(session: Session, actor: Actor, finished: RunRecord, *, clock: Clock = now_utc) -> MatchRun:
    """Store a run with its matches, unmet needs, tandems and files, and leave one event."""
    require(actor, Permission.MATCH_RUN_CREATE)
    run = run_row(finished, ranking=RANKING_FILE)
    session.add(run)
    # What was found refers to the run.
    session.flush()
    session.refresh(run, ["profile"])
    insert_findings(session, run.id, finished)
    change = Change(
        action="match_run.recorded",
        record_type="match_run",
        record_id=str(run.id),
        before=None,
        after={
            "visibility": run.visibility,
            "engine_version": run.engine_version,
            "as_of_on": run.as_of_on.isoformat(),
            "profile_id": str(run.profile_id),
            "allocation": run.allocation,
            "options": run.options,
            "inputs": run.inputs,
            "counts": run.counts,
            "ranking_sha256": run.ranking_sha256,
        },
    )
    record(session, actor, [change], clock=clock)
    return run


def _finished(
    result: RunResult,
    run_input: RunInput,
    profile: ScoringProfile,
    *,
    order: RunOrder,
    started_at: datetime,
    clock: Clock,
) -> RunRecord:
    if order.circle is Visibility.PUBLIC:
        result = disclosed(result, run_input.reference.geography)
    # Before the files: the report shows what would help most where that is known.
    answers = find_answers(result, run_input.reference, order.options)
    return RunRecord(
        result=result,
        profile_id=profile.id,
        area_release=run_input.reference.taxonomy.release,
        visibility=order.circle,
        options=order.options,
        answers=answers,
        need_id_by_name=run_input.need_id_by_name,
        offer_id_by_name=run_input.offer_id_by_name,
        digests=run_input.digests,
        confidential_sha256=run_input.confidential_sha256,
        files=run_files(
            result,
            run_input.reference,
            digests=run_input.digests,
            is_sample=run_input.is_sample,
            changes=answers.changes if order.options.needs_changes else None,
        ),
        started_at=started_at,
        finished_at=clock(),
    )


def _find_run(session: Session, order: RunOrder) -> MatchRun | None:
    """Return the run made last for a circle and a day, with the same rule and the same further questions."""
    newest_first = select(MatchRun).order_by(MatchRun.started_at.desc(), MatchRun.id.desc())
    wanted = order.options
    alike = newest_first.filter_by(visibility=order.circle, as_of_on=order.as_of_on, allocation=wanted.rule)
    # Few runs are made for a day; databases do not agree on how documents are compared.
    return next((run for run in session.scalars(alike) if run.options == wanted.as_document()), None)


def _ground_of(finished: RunRecord) -> _Ground:
    return _Ground(
        profile_id=finished.profile_id,
        engine_version=finished.result.engine_version,
        area_release=finished.area_release,
        options=finished.options,
        digests=finished.digests,
        confidential_sha256=finished.confidential_sha256,
    )


def _ground(run: MatchRun) -> _Ground:
    """Return everything that decided what a stored run found."""
    return _Ground(
        profile_id=run.profile_id,
        engine_version=run.engine_version,
        area_release=run.area_release,
        options=run.asked,
        digests={entry["name"]: entry["sha256"] for entry in run.inputs},
        confidential_sha256=run.confidential_sha256,
    )
