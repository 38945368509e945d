"""`flask print`: writes a self-assessment, or the blank form of the questionnaire, to a file to print or to fill in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.assessments import queries
from app.assessments.paper.copies import Copy, FormFormat, blank_form, form, gap_profile_page, report
from app.assessments.paper.papers import Paper, paper_of
from app.cli.common import BadInputError, reported_errors
from app.cli.exporting import write_file
from app.edge import current_database
from app.organizations.services import get_by_code
from matching.reference import LANGUAGES


class PaperName(StrEnum):
    """What can be printed."""

    FORM = "form"
    REPORT = "report"
    GAP_PROFILE = "gap-profile"


@click.command(
    "print", help="Write the paper NAME to a file: with --organization of its newest assessment, else blank."
)
@click.argument("name", type=click.Choice([name.value for name in PaperName]))
@click.option("--organization", "code", metavar="CODE", help="Whose assessment; without it the form is blank.")
@click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True, help="In which language."
)
@click.option(
    "--out",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to: a .pdf or, of the form, a workbook as .xlsx.",
)
@with_appcontext
@reported_errors
def print_command(name: str, code: str | None, language: str, path: Path) -> None:
    """Write one paper; the file appears whole or not at all, for its owner alone."""
    wanted, kind = PaperName(name), _kind(PaperName(name), path)
    with current_database().reading() as session:
        copy = (
            _blank(session, wanted, kind, language)
            if code is None
            else _filled(_paper(session, code, language), wanted, kind)
        )
    write_file(path, [copy.content])
    click.echo(f"{path}: the {name}{'' if code is None else f' of {code}; what no share shows is in it'}.")


def _kind(name: PaperName, path: Path) -> FormFormat:
    """Return what the name of a file promises."""
    ending = path.suffix.lower().removeprefix(".")
    kinds = [kind for kind in FormFormat if name is PaperName.FORM or kind is FormFormat.PDF]
    if ending not in kinds:
        raise BadInputError(f"The {name} is written as .{' or .'.join(kinds)}; let --out end in that.")
    return FormFormat(ending)


def _blank(session: Session, name: PaperName, kind: FormFormat, language: str) -> Copy:
    if name is not PaperName.FORM:
        raise BadInputError(f"The {name} is of an assessment; name whose with --organization.")
    return blank_form(queries.newest_questionnaire(session, SYSTEM), kind, language=language)


def _paper(session: Session, code: str, language: str) -> Paper:
    newest = queries.find_newest(session, SYSTEM, get_by_code(session, code).id)
    if newest is None:
        raise BadInputError(f"{code} has no assessment; leave --organization out for the blank form.")
    return paper_of(session, SYSTEM, newest, language=language)


def _filled(paper: Paper, name: PaperName, kind: FormFormat) -> Copy:
    match name:
        case PaperName.FORM:
            return form(paper, kind)
        case PaperName.REPORT:
            return report(paper)
        case PaperName.GAP_PROFILE:
            return gap_profile_page(paper)
