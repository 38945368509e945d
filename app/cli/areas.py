"""`flask areas`: the next release of the areas, drafted from files, looked at and adopted; and whether a review is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.areas import drafts
from app.areas.models import AreaRelease
from app.areas.release_files import FileKind, read_area_file, release_table, store_area_file
from app.areas.release_queries import find_draft, find_due_review, get_release, release_in_force
from app.areas.releases import Adoption, UnsoundDraftError, default_review, discard_draft
from app.cli.common import BadInputError, Day, FailureError, reported_errors, tell_faults, tell_warnings
from app.cli.exporting import write_table
from app.clock import today_utc
from app.edge import current_database
from app.errors import InvalidInputError
from app.reports.releases import AreaChange, adopt_release, review_release
from app.tables import CsvVariant

NO_DRAFT: Final = "There is no draft; `flask --app wsgi areas draft` begins one."

areas_group = AppGroup("areas", help="Releases of the areas of capacity-building.")


@areas_group.command("draft")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--note", default="", help="What the release is about, where the draft is new.")
@click.option("--quiet", "is_quiet", is_flag=True, help="No warnings and no summary.")
@reported_errors
def draft(files: Sequence[Path], *, note: str, is_quiet: bool) -> None:
    """Begin a draft of the next release where there is none, and take FILES in: areas.csv, terms.csv, crosswalk.csv."""
    with current_database().unit_of_work() as session:
        found = find_draft(session, SYSTEM) or drafts.begin_draft(session, SYSTEM, note=note)
        found = get_release(session, SYSTEM, found.release, is_locked=True)
        # Areas first, whatever the order: the other files may speak of new ones.
        contents = sorted(((path, _content(path)) for path in files), key=lambda pair: pair[0].name != "areas.csv")
        for path, content in contents:
            _take_in(session, found, path, content, is_quiet=is_quiet)
        changes = review_release(session, SYSTEM, found).changes
    if not is_quiet:
        click.echo(
            f"Draft of release {found.release}: {len(changes)} areas are otherwise than in {found.base_release}."
        )


@areas_group.command("diff")
@reported_errors
def diff() -> None:
    """Print what the draft changes, what that touches, and what stands in the way of its adoption."""
    with current_database().reading() as session:
        review = review_release(session, SYSTEM, _draft(session))
    for change in review.changes:
        click.echo(_told(change))
    for fault in review.faults:
        click.echo(str(fault), err=True)


@areas_group.command("adopt")
@click.option("--on", "adopted_on", type=Day(), metavar="DAY", help="The day of the adoption; by default today.")
@click.option("--review-on", type=Day(), metavar="DAY", help="By when to look at it again; by default a year later.")
@reported_errors
def adopt(*, adopted_on: date | None, review_on: date | None) -> None:
    """Make the draft the release in force."""
    adopted_on = adopted_on or today_utc()
    adoption = Adoption(adopted_on=adopted_on, review_on=review_on or default_review(adopted_on))
    with current_database().unit_of_work() as session:
        found = get_release(session, SYSTEM, _draft(session).release, is_locked=True)
        try:
            adopt_release(session, SYSTEM, found, adoption)
        except UnsoundDraftError as error:
            raise BadInputError("\n".join(map(str, (error, *error.faults)))) from error
    click.echo(f"Release {found.release} is in force; it is to be looked at again by {found.review_on}.")


@areas_group.command("discard")
@reported_errors
def discard() -> None:
    """Give the draft up; its name is not given again."""
    with current_database().unit_of_work() as session:
        found = get_release(session, SYSTEM, _draft(session).release, is_locked=True)
        discard_draft(session, SYSTEM, found)
    click.echo(f"The draft of release {found.release} is discarded.")


@areas_group.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--release", metavar="NAME", help="By default the draft, or where there is none the release in force.")
@reported_errors
def export(folder: Path, *, release: str | None) -> None:
    """Write areas.csv, terms.csv and crosswalk.csv of a release into FOLDER, in the form of data/taxonomy."""
    with current_database().reading() as session:
        if release is None:
            found = find_draft(session, SYSTEM) or release_in_force(session)
            release = found.release
        chosen = get_release(session, SYSTEM, release)
        folder.mkdir(parents=True, exist_ok=True)
        for kind in FileKind:
            path = folder / f"{kind}.csv"
            n_rows = write_table(path, release_table(session, chosen, kind), CsvVariant.PLAIN)
            click.echo(f"{path}: {n_rows} rows of release {chosen.release}.")


@areas_group.command("review")
@click.option("--as-of", "today", type=Day(), metavar="DAY", help="By default today.")
@reported_errors
def review(*, today: date | None) -> None:
    """Say whether it is time to look at the areas again; end with 1 where it is, for whatever calls this every day."""
    with current_database().reading() as session:
        due = find_due_review(session, today=today or today_utc())
        present = release_in_force(session)
        found = find_draft(session, SYSTEM)
    if due is None:
        click.echo(
            f"Release {present.release} of the areas: no review is due before {present.review_on or 'a day is set'}."
        )
        return
    begun = f"the draft of release {found.release} is begun" if found else "no draft is begun"
    raise FailureError(f"Release {due.release} of the areas is to be looked at again by {due.review_on}; {begun}.")


def _draft(session: Session) -> AreaRelease:
    found = find_draft(session, SYSTEM)
    if found is None:
        raise BadInputError(NO_DRAFT)
    return found


def _take_in(session: Session, found: AreaRelease, path: Path, content: bytes, *, is_quiet: bool) -> None:
    file = read_area_file(session, found, content, name=path.name)
    tell_warnings(file.warnings, is_quiet=is_quiet)
    if file.faults:
        tell_faults(file.faults)
        raise BadInputError(f"{path.name} has faults; nothing was stored.")
    store_area_file(session, SYSTEM, found, file)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{path.name} cannot be read ({error.strerror}).") from error


def _told(change: AreaChange) -> str:
    one, n = change.difference, change.touched
    ended = f" -> {one.after.successor or one.after.reason}" if one.kind == "retired" else ""
    records = {
        "needs": n.n_needs,
        "offers": n.n_offers,
        "areas": n.n_areas,
        "questions": n.n_questions,
        "assessments": n.n_assessments,
        "incidents": n.n_incidents,
        "runs": n.n_runs,
    }
    touched = ", ".join(f"{count} {noun}" for noun, count in records.items() if count) or "nothing"
    return f"{one.code}: {one.kind}{ended} ({', '.join(one.fields)}); touches {touched}."
