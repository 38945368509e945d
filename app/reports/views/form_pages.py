"""The page of a form: with what was typed, what is wrong, what somebody else wrote meanwhile, and what the check says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, ParamSpec
from uuid import UUID, uuid4

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import keeps_for, may
from app.accounts.authentication import PRIVATE
from app.accounts.views.common import for_people_or
from app.edge import request_actor, request_session
from app.organizations.entries import ORGANIZATION, KeptRecord
from app.organizations.models import Organization
from app.organizations.queries import list_kept_for
from app.reports.forms.choices import labels_in, organization_choices
from app.reports.forms.faults import Errors
from app.reports.forms.kinds import GIVEN_ONCE, KEEPER, RecordForm
from app.reports.forms.texts import Texts, read_texts
from app.reports.forms.view import Difference, FormView
from app.reports.names import ChoiceGroups
from app.reports.views.common import page_names
from matching.vocabulary import Basis

P = ParamSpec("P")

ENDED: Final = "ended"
CHECKED: Final = "checked"
LOOKED_FOR: Final = "looked_for"
SCRIPTED: Final = "HX-Request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form as it is shown: what stands in it, and what is said of that.

    ``record`` is the one that is changed, or ``None``; ``version`` is that of its texts as they were read, ``key`` that
    with which a new one is stored once. ``said`` names what is told above the form; ``beside`` is for what stands beside it, which may lead to the fields ``looked_for``.
    """

    texts: Texts
    record: KeptRecord | None = None
    record_id: UUID | None = None
    version: str = ""
    key: str = ""
    errors: Errors = field(default_factory=dict)
    differences: Sequence[Difference] = ()
    said: str = ""
    beside: Mapping[str, Any] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK


def form_page(kind: RecordForm[Any], sheet: Sheet) -> Response:
    """Return the page of a form, which no cache keeps; where a script checks it, what stands beside it alone."""
    html = render_template(
        _template(kind, sheet),
        title=gettext(kind.titles[0 if sheet.record_id is None else 1]),
        names=page_names(),
        sheet=sheet,
        form=view_of(kind, sheet),
        action=address_of_form(kind, sheet.record_id),
        may_publish=sheet.record is None or _may_publish(kind, sheet.record),
        **sheet.beside,
    )
    response = Response(html, status=sheet.status, mimetype="text/html")
    response.headers["Cache-Control"] = PRIVATE
    return response


def _template(kind: RecordForm[Any], sheet: Sheet) -> str:
    if SCRIPTED not in request.headers or sheet.said not in (CHECKED, ENDED):
        return f"{kind.noun}s/form.html"
    return f"{kind.noun}s/_beside.html" if sheet.said == CHECKED else "components/_ended.html"


def address_of_form(kind: RecordForm[Any], record_id: UUID | None) -> str:
    """Return where a form is sent to."""
    if record_id is None:
        return url_for(f"{kind.endpoints}.new")
    return url_for(f"{kind.endpoints}.edit", **kind.address_values(record_id))


def view_of(kind: RecordForm[Any], sheet: Sheet) -> FormView:
    """Return what a page shows of a form."""
    keepers = _keepers(kind)
    is_asked = sheet.record_id is None and (len(keepers) > 1 or ORGANIZATION in sheet.errors or _names_keeper(sheet))
    choices = {**kind.choices(), ORGANIZATION: organization_choices(keepers)}
    if not _may_publish(kind, sheet.record):
        choices["visibility"] = [("", choices["visibility"][0][1][:1])]
    return FormView(
        sections=(KEEPER, *kind.sections) if is_asked else kind.sections,
        texts=sheet.texts,
        choices=choices,
        usual=kind.blank(keepers),
        errors=sheet.errors,
        notes=_notes(sheet.record, choices),
        without=frozenset() if sheet.record_id is None else GIVEN_ONCE,
        looked_for=sheet.beside.get(LOOKED_FOR, frozenset()),
    )


def for_writers(
    kind: RecordForm[Any],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Return what makes a view that takes a form one for those who are logged in.

    To others it shows the form with all that they sent, to be sent again once they have logged in somewhere else.
    """
    return for_people_or(lambda: form_page(kind, _sent_by_nobody(kind, (request.view_args or {}).get(kind.parameter))))


def with_areas_in_force(texts: Texts) -> Texts:
    """Return texts with the successor in the place of each area that is retired: who changes a record says it anew."""
    return {**texts, "areas": page_names().areas_now(texts.get("areas", ()))}


def new_key() -> str:
    """Return a key under which a form is stored once."""
    return str(uuid4())


def _notes(record: KeptRecord | None, choices: Mapping[str, ChoiceGroups]) -> dict[str, str]:
    """Return what stands in a record because it was read out of its text, by field: it is not stated until it is chosen."""
    if record is None:
        return {}
    found = {"areas": (record.areas_basis, record.area_codes), "modes": (record.modes_basis, record.mode_codes)}
    return {
        name: gettext(
            "Read out of the text: %(found)s. What you choose here takes its place.",
            found="; ".join(labels_in(choices[name]).get(code, code) for code in codes),
        )
        for name, (basis, codes) in found.items()
        if basis is Basis.INFERRED and codes
    }


def _sent_by_nobody(kind: RecordForm[Any], record_id: UUID | None) -> Sheet:
    return Sheet(
        texts=read_texts(request.form, kind.fields(is_new=record_id is None)),
        record_id=record_id,
        version=request.form.get("version", ""),
        key=request.form.get("key", ""),
        said=ENDED,
        status=HTTPStatus.UNAUTHORIZED,
    )


def _keepers(kind: RecordForm[Any]) -> tuple[Organization, ...]:
    return list_kept_for(request_session(), request_actor(), kind.permission)


def _names_keeper(sheet: Sheet) -> bool:
    return bool(sheet.texts.get(ORGANIZATION)) and sheet.said == ENDED


def _may_publish(kind: RecordForm[Any], record: KeptRecord | None) -> bool:
    """Return whether the reader may let others see the record; who has no account now may have been one who may."""
    actor = request_actor()
    if actor.user_id is None:
        return True
    if record is None:
        return bool(keeps_for(actor, kind.publishing))
    return may(actor, kind.publishing, owner_id=record.organization_id)
