"""A need or an offer as others see it: the page that they would get, under a bar that says whose it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.vocabulary import Permission
from app.accounts.views.common import for_people
from app.edge import narrow_to, request_actor, request_session
from app.errors import InvalidInputError
from app.labels import VISIBILITIES, choices_of
from app.matches.queries import find_latest_run
from app.needs.models import Need
from app.needs.queries import get_need
from app.offers.models import Offer
from app.offers.queries import get_offer
from app.organizations.previews import Preview, PreviewOrder, look
from app.organizations.viewers import Viewer, ViewerKind
from app.reports.views.needs import need_page
from app.reports.views.offers import offer_page
from matching.sentences import N_
from matching.vocabulary import Visibility

VIEWERS: Final[Mapping[ViewerKind, str]] = {
    ViewerKind.PUBLIC: N_("the public"),
    ViewerKind.MEMBERS: N_("any member"),
    ViewerKind.PROVIDERS: N_("a provider"),
    ViewerKind.SECRETARIAT: N_("the secretariat"),
}
RecordT = TypeVar("RecordT", Need, Offer)


bp = Blueprint("previews", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What stands above the page of somebody else: whose it is, and what else one can look at."""

    found: Preview
    who: str
    address: str
    record_address: str

    @property
    def viewers(self) -> list[tuple[str, str]]:
        """As whom one can look, with the one that was named."""
        kinds = [(kind.value, str(gettext(label))) for kind, label in VIEWERS.items()]
        return [*kinds, (self.found.viewer.word, self.who)] if self.found.viewer.code else kinds

    @property
    def visibilities(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What one can consider in place of the visibility that the record has."""
        return choices_of(VISIBILITIES)

    @property
    def considered(self) -> str:
        """The visibility that one considers, or nothing."""
        return self.found.visibility.value if self.found.is_considered else ""


@bp.get("/needs/<uuid:need_id>/preview")
@for_people
def show_need(need_id: UUID) -> ResponseReturnValue:
    """Show a need as somebody else sees it, or that they do not see it."""
    need = get_need(request_session(), request_actor(), need_id)
    return _shown(need, Permission.NEED_PREVIEW, need_page, own=url_for("needs.show", need_id=need_id))


@bp.get("/offers/<uuid:offer_id>/preview")
@for_people
def show_offer(offer_id: UUID) -> ResponseReturnValue:
    """Show an offer as somebody else sees it, or that they do not see it."""
    offer = get_offer(request_session(), request_actor(), offer_id)
    return _shown(offer, Permission.OFFER_PREVIEW, offer_page, own=url_for("offers.show", offer_id=offer_id))


def _shown(record: RecordT, permission: Permission, page: Callable[..., str], *, own: str) -> ResponseReturnValue:
    session, actor = request_session(), request_actor()
    found = look(session, actor, _order(), record=record, permission=permission)
    bar = Bar(found=found, who=_told(found.viewer), address=request.path, record_address=own)
    if not found.is_seen:
        return render_template("previews/hidden.html", title=gettext("They do not see it"), preview=bar)
    # Neither a run nor a field that they see and the reader does not.
    narrow_to(found.viewer.actor)
    run = find_latest_run(session, found.viewer.actor, also_seen_by=actor)
    return page(found.viewer.actor, record, run, preview=bar)


def _order() -> PreviewOrder:
    at = request.args.get("at", "")
    if at and at not in list(Visibility):
        raise InvalidInputError(f"There is no such visibility; there are {', '.join(Visibility)}.")
    return PreviewOrder(seen_as=request.args.get("as") or ViewerKind.PUBLIC, at=Visibility(at) if at else None)


def _told(viewer: Viewer) -> str:
    if viewer.code:
        return str(gettext("the provider %(code)s", code=viewer.code))
    return str(gettext(VIEWERS[viewer.kind]))
