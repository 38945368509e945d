"""Loading the questionnaire from the data files: each release becomes one document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments.models import Assessment, QuestionnaireRelease
from app.assessments.questionnaires import ItemKind
from app.audit.services import Document, canonical_json
from app.audit.sync import RecordKind, Tally, sync
from app.datafiles import DATA_FOLDER, LANGUAGES, day_or_none, read_rows, text_or_none
from app.errors import ConflictError

Row = Mapping[str, str]
Columns = dict[str, Any]


class _ReleaseKind(RecordKind[Columns, QuestionnaireRelease]):
    record_type = "questionnaire"

    def describe_value(self, value: Columns) -> Document:
        return value | {day: str(value[day] or "") for day in ("adopted_on", "review_on")}

    def describe_row(self, row: QuestionnaireRelease) -> Document:
        return self.describe_value({column.key: getattr(row, column.key) for column in row.__table__.columns})

    def create(self, value: Columns) -> QuestionnaireRelease:
        return QuestionnaireRelease(**value)

    def update(self, row: QuestionnaireRelease, value: Columns) -> None:
        for column, content in value.items():
            setattr(row, column, content)

    def record_id(self, row: QuestionnaireRelease) -> str:
        return row.release


def load_questionnaire(session: Session, actor: Actor, *, folder: Path = DATA_FOLDER) -> Tally:
    """Store the release of the data files; one that was loaded before is changed as long as no answer was given to it.

    Raises
    ------
    ConflictError
        When the files say something else of a release that assessments were made with.
    """
    require(actor, Permission.REFERENCE_LOAD)
    wanted = _releases(folder)
    existing = {row.release: row for row in session.scalars(select(QuestionnaireRelease))}
    used = set(session.scalars(select(Assessment.release).distinct()))
    for release in used & wanted.keys():
        if wanted[release]["content"] != existing[release].content:
            raise ConflictError(
                f"Assessments were made with the questionnaire {release}: what it asks stays. Give what is new a release "
                "of its own in data/questionnaire/releases.csv."
            )
    return sync(session, actor, _ReleaseKind(), wanted=wanted, existing=existing)


def _releases(folder: Path) -> dict[str, Columns]:
    rows = read_rows(folder / "questionnaire" / "releases.csv")
    if not rows:
        return {}
    # The files hold the newest release; older ones are in the database of who used them.
    newest = rows[-1]
    content = canonical_json(_document(newest, folder))
    return {
        newest["release"]: {
            "release": newest["release"],
            "adopted_on": day_or_none(newest["adopted_on"]),
            "review_on": day_or_none(newest["review_on"]),
            "note": newest["note"],
            "content": content,
        }
    }


def _document(release: Row, folder: Path) -> Document:
    questionnaire = folder / "questionnaire"
    area_by_code = {row["code"]: row for row in read_rows(folder / "taxonomy" / "areas.csv")}
    descriptions = _descriptions(questionnaire)
    return {
        "release": release["release"],
        "adopted_on": release["adopted_on"],
        "parts": [
            {"code": row["code"], "titles": _texts(row, "title"), "introductions": _texts(row, "introduction")}
            for row in read_rows(questionnaire / "parts.csv")
        ],
        "items": [
            _item(row, area_by_code, descriptions[row["code"]]) for row in read_rows(questionnaire / "items.csv")
        ],
        "stages": _choices(read_rows(questionnaire / "stages.csv"), "stage"),
        "statuses": _choices(read_rows(questionnaire / "statuses.csv"), "status"),
        "challenges": _choices(read_rows(questionnaire / "challenges.csv"), "position"),
    }


def _item(row: Row, area_by_code: Mapping[str, Row], descriptions: Sequence[Row]) -> Document:
    is_maturity = row["kind"] == ItemKind.MATURITY
    return {
        "code": row["code"],
        "part": row["part"],
        "kind": row["kind"],
        "area": text_or_none(row["area"]),
        # The titles that the areas have now stay with the questionnaire.
        "titles": _texts(area_by_code[row["area"]] if is_maturity else row, "title"),
        "questions": _texts(row, "question"),
        "helps": _texts(row, "help"),
        "reference": row["reference"],
        "source": row["source"],
        "descriptions": [_texts(stage, "description") for stage in descriptions],
    }


def _descriptions(questionnaire: Path) -> defaultdict[str, list[Row]]:
    by_item: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(read_rows(questionnaire / "descriptions.csv"), key=lambda row: int(row["stage"])):
        by_item[row["item"]].append(row)
    return by_item


def _choices(rows: Sequence[Row], number: str) -> list[Document]:
    return [
        {
            "number": int(row[number]),
            "code": row["code"],
            "titles": _texts(row, "title"),
            "meanings": _texts(row, "meaning"),
        }
        for row in rows
    ]


def _texts(row: Row, prefix: str) -> dict[str, str]:
    """Return a text by language, without those that are not there yet."""
    texts = {language: row.get(f"{prefix}_{language}", "") for language in LANGUAGES}
    return {language: text for language, text in texts.items() if text}
