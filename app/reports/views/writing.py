"""What is done with a form of a record, whatever its kind: checked, stored once, compared with what others wrote meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, TypeVar
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.access.policy import require
from app.accounts.idempotency import IdempotencyKeyReusedError, KeyedRequest, do_once
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, ConflictError, ForbiddenError
from app.filters import sentence
from app.matches.advice import find_ground
from app.organizations.entries import EXTERNAL_ID, ORGANIZATION, FaultyRecordError, KeptRecord, RecordExistsError
from app.organizations.queries import list_kept_for
from app.reports.forms.faults import CURRENCY, Errors, errors_of, refused_by, sentence_of
from app.reports.forms.fields import FormField
from app.reports.forms.kinds import RecordForm
from app.reports.forms.texts import (
    ANY_VERSION,
    Texts,
    changed_fields,
    given_of,
    in_order_of,
    read_texts,
    version_of,
)
from app.reports.forms.view import KEEP, MINE, THEIRS, Difference
from app.reports.views.form_pages import CHECKED, Sheet, form_page, new_key, view_of
from matching.sentences import N_
from matching.tables import FaultCode

RecordT = TypeVar("RecordT", bound=KeptRecord)

CHECK: Final = "check"
ASKED: Final = "asked"
SAID_BEFORE: Final = "said-before"
CONFLICT: Final = "conflict"
VISIBILITY: Final = "visibility"

DRAFTS_ONLY: Final = N_("You may write drafts: keep it private, and ask a focal point of your State to submit it.")
CHOOSE: Final = N_("Choose whose text is to stay.")


class _ChangedMeanwhileError(AppError):
    """Somebody else changed the record; ``texts`` is what it says now."""

    def __init__(self, texts: Texts) -> None:
        super().__init__("Somebody else changed the record meanwhile.")
        self.texts = texts


def begin(kind: RecordForm[RecordT], texts: Texts | None = None) -> ResponseReturnValue:
    """Show the form of a new record.

    Raises
    ------
    ForbiddenError
        When the reader may write such records for nobody.
    """
    keepers = list_kept_for(request_session(), request_actor(), kind.permission)
    if not keepers:
        require(request_actor(), kind.permission)
    return form_page(kind, Sheet(texts=kind.blank(keepers) if texts is None else texts, key=new_key()))


def create(kind: RecordForm[RecordT]) -> ResponseReturnValue:
    """Store a new record, once however often the form is sent, or show what is wrong.

    Raises
    ------
    ForbiddenError
        When the reader may write such records for nobody.
    """
    session, actor, fields = request_session(), request_actor(), kind.fields(is_new=True)
    if not list_kept_for(session, actor, kind.permission):
        require(actor, kind.permission)
    key = _key()
    sheet = Sheet(texts=read_texts(request.form, fields), key=key or new_key())
    given = given_of(sheet.texts, fields)
    given = {name: value for name, value in given.items() if value or name not in (ORGANIZATION, EXTERNAL_ID)}
    if CHECK in request.form:
        return _checked(kind, sheet, given)
    errors = _errors(kind, sheet, given)
    if errors:
        return form_page(kind, replace(sheet, errors=errors, status=HTTPStatus.UNPROCESSABLE_ENTITY))

    def store(session: Session) -> tuple[UUID, RecordT]:
        record = kind.create(session, actor, given)
        return record.id, record

    asked = KeyedRequest(key=key, operation=f"{kind.noun}:create", body=given)
    try:
        record = do_once(
            request_unit_of_work,
            actor,
            asked,
            create=store,
            read=lambda session, its_id: kind.get(session, actor, its_id),
        )
    except IdempotencyKeyReusedError:
        return form_page(kind, replace(sheet, key=new_key(), said=SAID_BEFORE, status=HTTPStatus.CONFLICT))
    except (FaultyRecordError, ConflictError, ForbiddenError) as error:
        return _refused(kind, sheet, error)
    return _saved(kind, record.id)


def show(kind: RecordForm[RecordT], record_id: UUID) -> ResponseReturnValue:
    """Show the form of a record that is stored."""
    record = _own_record(kind, record_id)
    texts = kind.texts_of(record)
    return form_page(kind, Sheet(texts=texts, record=record, record_id=record.id, version=version_of(texts)))


def change(kind: RecordForm[RecordT], record_id: UUID) -> ResponseReturnValue:
    """Store what was changed of a record, or show what is wrong, or what somebody else wrote meanwhile."""
    record, fields = _own_record(kind, record_id), kind.fields(is_new=False)
    present = kind.texts_of(record)
    typed = read_texts(request.form, fields)
    texts, unanswered = _settled(typed, present, fields)
    sheet = Sheet(
        texts=in_order_of(present, texts, fields),
        record=record,
        record_id=record.id,
        version=request.form.get("version", ""),
    )
    given = given_of(sheet.texts, fields)
    if CHECK in request.form:
        return _checked(kind, sheet, given)
    if unanswered:
        return _conflict(kind, sheet, present, unanswered)
    errors = _errors(kind, sheet, given)
    if errors:
        return form_page(kind, replace(sheet, errors=errors, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    try:
        _store(kind, sheet)
    except _ChangedMeanwhileError as error:
        return _conflict(kind, sheet, error.texts, {})
    except (FaultyRecordError, ConflictError, ForbiddenError) as error:
        return _refused(kind, sheet, error)
    return _saved(kind, record.id)


def _store(kind: RecordForm[RecordT], sheet: Sheet) -> None:
    actor, fields = request_actor(), kind.fields(is_new=False)
    with request_unit_of_work() as session:
        record = kind.get(session, actor, sheet.record_id, is_locked=True)
        present = kind.texts_of(record)
        changed = changed_fields(sheet.texts, present, fields)
        if changed and sheet.version not in (version_of(present), ANY_VERSION):
            raise _ChangedMeanwhileError(present)
        if changed:
            kind.change(session, actor, record, given_of(sheet.texts, changed))


def _own_record(kind: RecordForm[RecordT], record_id: UUID) -> RecordT:
    """Return a record that the reader may change.

    Raises
    ------
    NotFoundError
        When there is none that the reader may see.
    ForbiddenError
        When the reader may not change it.
    """
    record = kind.get(request_session(), request_actor(), record_id)
    require(request_actor(), kind.permission, owner_id=record.organization_id)
    return record


def _key() -> str | None:
    """Return the key of the form, none where it is not one of ours."""
    try:
        return str(UUID(request.form.get("key", "")))
    except ValueError:
        return None


def _checked(kind: RecordForm[RecordT], sheet: Sheet, given: Mapping[str, Any]) -> ResponseReturnValue:
    session, actor = request_session(), request_actor()
    ground = find_ground(session, actor)
    refused, good = refused_by(_schema(kind, sheet), given)
    reading = kind.read_draft(session, actor, _of_record(good), reference=ground and ground.reference)
    errors = errors_of(
        sheet.texts,
        [field for field in kind.fields(is_new=sheet.record_id is None) if _is_begun(sheet.texts, field.name)],
        refused=refused,
        code_by_field=reading.code_by_field,
    )
    beside = {} if ground is None or not reading.record else kind.beside(ground, reading.record, sheet.record_id)
    return form_page(kind, replace(sheet, errors=errors, said=CHECKED, beside=beside))


def _is_begun(texts: Texts, name: str) -> bool:
    """Return whether somebody who is still writing has come to a field; to that of a currency, with the sum."""
    return bool(texts.get(name)) or name == CURRENCY


def _errors(kind: RecordForm[RecordT], sheet: Sheet, given: Mapping[str, Any]) -> Errors:
    """Return what is wrong with a form, in all its fields at once."""
    refused, good = refused_by(_schema(kind, sheet), given)
    reading = kind.read_draft(request_session(), request_actor(), _of_record(good))
    fields = kind.fields(is_new=sheet.record_id is None)
    return errors_of(sheet.texts, fields, refused=refused, code_by_field=reading.code_by_field)


def _schema(kind: RecordForm[RecordT], sheet: Sheet) -> Any:  # noqa: ANN401 – one of two schemas
    return kind.schemas[0 if sheet.record_id is None else 1]


def _of_record(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in (ORGANIZATION, EXTERNAL_ID)}


def _refused(kind: RecordForm[RecordT], sheet: Sheet, error: AppError) -> ResponseReturnValue:
    """Return the form with what the service refused."""
    fields = kind.fields(is_new=sheet.record_id is None)
    if isinstance(error, FaultyRecordError):
        errors = errors_of(sheet.texts, fields, refused=(), code_by_field=error.code_by_field)
    elif isinstance(error, RecordExistsError):
        errors = {EXTERNAL_ID: sentence_of(FaultCode.DUPLICATE_ID)}
    elif isinstance(error, ConflictError):
        errors = {VISIBILITY: sentence(error.sentence)}
    else:
        errors = {VISIBILITY: str(gettext(DRAFTS_ONLY))}
    return form_page(kind, replace(sheet, errors=errors, status=HTTPStatus(error.status)))


def _settled(typed: Texts, present: Texts, fields: list[FormField]) -> tuple[Texts, dict[str, str]]:
    """Return the texts after the choice between two of a field, and which choices were made where some are missing."""
    asked = set(request.form.getlist(ASKED)) & {field.name for field in fields}
    kept = {name: request.form.get(f"{KEEP}{name}", "") for name in asked}
    if any(choice not in (MINE, THEIRS) for choice in kept.values()):
        return typed, kept
    return {name: present[name] if kept.get(name) == THEIRS else values for name, values in typed.items()}, {}


def _conflict(kind: RecordForm[RecordT], sheet: Sheet, present: Texts, kept: Mapping[str, str]) -> ResponseReturnValue:
    """Return the form with both texts of each field that differs, and the question which is to stay."""
    view = view_of(kind, sheet)
    differences = [
        Difference(
            field=field,
            theirs=view.words(field, present[field.name]),
            mine=view.words(field, sheet.texts[field.name]),
            kept=kept.get(field.name, ""),
        )
        for field in changed_fields(sheet.texts, present, kind.fields(is_new=False))
    ]
    unanswered = {f"{KEEP}{name}": str(gettext(CHOOSE)) for name, choice in kept.items() if not choice}
    shown = replace(
        sheet,
        version=version_of(present),
        differences=differences,
        errors=unanswered,
        said=CONFLICT,
        status=HTTPStatus.CONFLICT,
    )
    return form_page(kind, shown)


def _saved(kind: RecordForm[RecordT], record_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(f"{kind.endpoints}.saved", **kind.address_values(record_id)), HTTPStatus.SEE_OTHER)
