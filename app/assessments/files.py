"""Answers as a file: written for filling in away from the line, and read back with all that is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments import queries
from app.assessments.answers import EMPTY, FIELD_NAMES, AnswerContent
from app.assessments.checks import HIGHEST_PRIORITY, FaultyAnswerError, require_sound
from app.assessments.merging import marks_of
from app.assessments.models import Assessment, AssessmentState
from app.assessments.questionnaires import HIGHEST_STAGE, HIGHEST_STATUS, LOWEST_STAGE, Item, Questionnaire
from app.assessments.services import GivenAnswer, begin_assessment, require_draft, save_answer
from app.audit.sync import Tally
from app.clock import Clock, now_utc
from app.errors import InvalidInputError
from app.organizations.entries import LIST_SEPARATOR
from app.organizations.importing import FileImport, ImportReport, ReadFile, report
from app.organizations.models import Organization, OrganizationKind
from app.organizations.services import get_by_code
from app.tables import Table
from matching.execution import Progress
from matching.intake import cells as cell
from matching.intake.rows import Cells, Columns, UniqueIds, read_rows
from matching.intake.suggestions import Suggester
from matching.tables import FaultCode

ITEM: Final = "item"
REMARK: Final = "#"  # begins the code of a row that is for people alone
# What was asked stands beside each item for who fills the file in, and is not read.
ASKED: Final = ("title", "question")
ANSWER_COLUMNS: Final = Columns(
    known=(ITEM, *ASKED, *FIELD_NAMES), required=(ITEM,), texts=("in_place", "obstacles", "gaps")
)
_LISTS: Final = ("challenges", "evidence")
# An address may hold a semicolon itself.
_NEXT_ADDRESS: Final = re.compile(r"\n|;(?=\s*(?:[a-z]+://|;|\Z))", re.IGNORECASE)

_stage: Final = partial(cell.whole_number, lowest=LOWEST_STAGE, highest=HIGHEST_STAGE)
_status: Final = partial(cell.whole_number, lowest=0, highest=HIGHEST_STATUS)
_priority: Final = partial(cell.whole_number, lowest=1, highest=HIGHEST_PRIORITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """One row of a file: the item, and what its columns say of it; what has no column is left as it is."""

    item: str
    content: AnswerContent
    said: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """What a file would change of one item: by field, what is said now and what the file says."""

    item: str
    before: AnswerContent
    after: AnswerContent

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that would say something else."""
        return tuple(name for name in FIELD_NAMES if getattr(self.before, name) != getattr(self.after, name))


def changes_of(
    session: Session, actor: Actor, assessment: Assessment, found: ReadFile[FileAnswer]
) -> tuple[ItemChange, ...]:
    """Return what the answers of a file would change of an assessment, in the order of the file."""
    present = queries.answers_of(session, actor, assessment)
    changes = (
        ItemChange(item=one.item, before=before, after=_changed(before, one))
        for one in found.intake.records
        for before in [present.get(one.item, EMPTY)]
    )
    return tuple(change for change in changes if change.fields)


def file_answer_table(found: ReadFile[FileAnswer]) -> Table:
    """Return the good rows of a file as a table of their own, without what was asked beside them."""
    columns = tuple(name for name in FIELD_NAMES if any(name in one.said for one in found.intake.records))
    rows = (
        [
            one.item,
            *(value for name, value in zip(FIELD_NAMES, written_answer(one.content), strict=True) if name in columns),
        ]
        for one in found.intake.records
    )
    return Table(name="answers", columns=(ITEM, *columns), rows=rows)


def answer_table(session: Session, actor: Actor, assessment: Assessment, *, language: str = "en") -> Table:
    """Return an assessment as a table with a row for each item, answered or not; what is asked stands in a language."""
    questionnaire = queries.get_questionnaire(session, actor, assessment.release)
    answers = queries.answers_of(session, actor, assessment)
    rows = (
        [
            item.code,
            item.titles.text(language),
            item.questions.text(language),
            *written_answer(answers.get(item.code, EMPTY)),
        ]
        for item in questionnaire.items
    )
    return Table(name="assessment", columns=ANSWER_COLUMNS.known, rows=rows)


def read_answer_file(
    session: Session, actor: Actor, file: FileImport, *, progress: Progress | None = None
) -> ReadFile[FileAnswer]:
    """Return the answers of a file, and all that is wrong with it; nothing is stored yet.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    ForbiddenError
        When the actor may not draft for it.
    InvalidInputError
        When it is no State's.
    ConflictError
        When no questionnaire is loaded.
    """
    organization = _state(session, actor, file.organization_code)
    found = read_answers(_questionnaire_of(session, actor, organization), file)
    if progress is not None:
        progress("reading", len(found.intake.rows), len(found.intake.rows))
    return found


def read_answers(questionnaire: Questionnaire, file: FileImport) -> ReadFile[FileAnswer]:
    """Return the answers of a file to a questionnaire, and all that is wrong with it."""
    reader = _AnswerReader(questionnaire)
    intake = read_rows(file.content, name=file.name, columns=ANSWER_COLUMNS, read_row=reader.read)
    return ReadFile(file=file, intake=intake)


def store_answers(
    session: Session, actor: Actor, found: ReadFile[FileAnswer], *, clock: Clock = now_utc
) -> ImportReport:
    """Store the answers of a file in the draft of its State, which is begun where there is none; in a dry run, nothing.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    ForbiddenError
        When the actor may not draft for it.
    InvalidInputError
        When it is no State's.
    """
    organization = _state(session, actor, found.file.organization_code)
    if found.is_refused:
        return report(found, Tally())
    newest = queries.find_newest(session, actor, organization.id)
    present = {} if newest is None else queries.answers_of(session, actor, newest)
    tally = _tally(present, found)
    if not found.file.is_dry_run:
        draft = _draft(session, actor, organization, newest, clock=clock)
        save_answers(session, actor, draft, found, clock=clock)
    return report(found, tally)


def save_answers(
    session: Session, actor: Actor, draft: Assessment, found: ReadFile[FileAnswer], *, clock: Clock = now_utc
) -> None:
    """Store the answers of a file in a draft, which has to be locked; raises as ``save_answer``."""
    for change in changes_of(session, actor, draft, found):
        given = GivenAnswer(item=change.item, content=change.after, base=marks_of(change.before))
        save_answer(session, actor, draft, given, clock=clock)


def written_answer(content: AnswerContent) -> list[Any]:
    """Return an answer as the cells of a file, in the order of its fields."""
    values = {
        name: LIST_SEPARATOR.join(value) if name in _LISTS else value for name, value in content.document().items()
    }
    return [values[name] for name in FIELD_NAMES]


class _AnswerReader:
    def __init__(self, questionnaire: Questionnaire) -> None:
        self._questionnaire = questionnaire
        self._item_by_code = {item.code: item for item in questionnaire.items}
        self._items = Suggester(self._item_by_code)
        self._ids = UniqueIds()

    def read(self, cells: Cells) -> FileAnswer | None:
        """Return the answer of one row; a remark is none."""
        if cells.read(ITEM, str, "").startswith(REMARK):
            return None
        item = cells.require(ITEM, self._item, None)
        if item is None:
            return None
        self._ids.check(cells, ITEM, item.code)
        content = AnswerContent(
            current=cells.read("current", _stage, None),
            target=cells.read("target", _stage, None),
            priority=cells.read("priority", _priority, None),
            status=cells.read("status", _status, None),
            in_place=cells.read("in_place", cell.free_text, ""),
            obstacles=cells.read("obstacles", cell.free_text, ""),
            gaps=cells.read("gaps", cell.free_text, ""),
            challenges=cells.read_list("challenges", self._codes, ()),
            evidence=cells.read_list("evidence", _addresses, ()),
        )
        try:
            require_sound(self._questionnaire, item, content)
        except FaultyAnswerError as error:
            for column, sentence in error.faults:
                cells.add(
                    column, FaultCode.UNKNOWN_CODE if column == "challenges" else FaultCode.OUT_OF_RANGE, sentence
                )
        return FileAnswer(item=item.code, content=content, said=cells.columns & frozenset(FIELD_NAMES))

    def _item(self, text: str) -> Item:
        found = self._item_by_code.get(text.upper())
        if found is None:
            raise cell.unknown_codes([text], kind="an item of the questionnaire", suggester=self._items)
        return found

    def _codes(self, text: str) -> tuple[str, ...]:
        return cell.unique(cell.parts(text))


def _addresses(text: str) -> tuple[str, ...]:
    return cell.unique(part for raw in _NEXT_ADDRESS.split(text) if (part := raw.strip()))


def _state(session: Session, actor: Actor, code: str) -> Organization:
    """Return the organization of a State for which the actor may draft."""
    organization = get_by_code(session, code)
    require(actor, Permission.ASSESSMENT_DRAFT, owner_id=organization.id)
    if organization.kind is not OrganizationKind.STATE:
        raise InvalidInputError("Only a State assesses itself; name its organization with --organization.")
    return organization


def _questionnaire_of(session: Session, actor: Actor, organization: Organization) -> Questionnaire:
    """Return the questionnaire of the draft that is there, else the one in force, with which one would be begun."""
    newest = queries.find_newest(session, actor, organization.id)
    if newest is not None and newest.state is AssessmentState.DRAFT:
        return queries.get_questionnaire(session, actor, newest.release)
    return queries.newest_questionnaire(session, actor)


def _draft(
    session: Session, actor: Actor, organization: Organization, newest: Assessment | None, *, clock: Clock
) -> Assessment:
    if newest is None or newest.state is not AssessmentState.DRAFT:
        newest = begin_assessment(session, actor, organization.code, clock=clock)
    locked = queries.get_assessment(session, actor, newest.id, is_locked=True)
    require_draft(actor, locked)
    return locked


def _tally(present: Mapping[str, AnswerContent], found: ReadFile[FileAnswer]) -> Tally:
    tally = Tally()
    for answer in found.intake.records:
        before = present.get(answer.item, EMPTY)
        if _changed(before, answer) == before:
            tally += Tally(unchanged=1)
        else:
            tally += Tally(created=1) if before.is_empty else Tally(updated=1)
    return tally


def _changed(before: AnswerContent, answer: FileAnswer) -> AnswerContent:
    said: dict[str, Any] = {name: getattr(answer.content, name) for name in answer.said}
    return replace(before, **said)
