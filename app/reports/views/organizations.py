"""Pages of organizations: those that a reader may know of, and one with its records and, for its own, its people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import may
from app.access.vocabulary import Permission
from app.accounts.queries import list_people, may_see_people
from app.accounts.services import roles_to_give
from app.accounts.views.common import secret_page
from app.edge import request_actor, request_session
from app.errors import AppError
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.offers import queries as offers
from app.offers.queries import OfferFilter
from app.organizations import queries as organizations
from app.organizations.models import Organization
from app.reports.views.common import Filters, list_addresses, page_names, read_page_request

bp = Blueprint("organizations", __name__, url_prefix="/organizations")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the organizations that the reader may know of, by code."""
    session, actor = request_session(), request_actor()
    page = organizations.list_page(session, actor, read_page_request())
    return render_template(
        "organizations/index.html",
        title=gettext("Organizations"),
        names=page_names(),
        organizations=page.items,
        count=organizations.count(session, actor),
        **list_addresses(page, Filters(values={})),
    )


@bp.get("/<handle:handle>")
def show(handle: str) -> ResponseReturnValue:
    """Show an organization: what it is, how many records of it the reader sees, and to its own people its people."""
    return organization_page(handle)


def organization_page(handle: str, error: AppError | None = None) -> Response:
    """Return the page of an organization, with what was wrong in a form of it.

    Raises
    ------
    NotFoundError
        When there is no such organization, or none that the reader may know of.
    """
    session, actor = request_session(), request_actor()
    organization = organizations.get_organization(session, actor, handle)
    return secret_page(
        "organizations/show.html",
        error=error,
        title=organization.name,
        names=page_names(),
        organization=organization,
        n_needs=needs.count(session, actor, NeedFilter(organization_id=organization.id)),
        n_offers=offers.count(session, actor, OfferFilter(organization_id=organization.id)),
        **_people(organization),
    )


def _people(organization: Organization) -> dict[str, Any]:
    """Return what the page shows of the people, nothing for those who may not see them."""
    session, actor = request_session(), request_actor()
    if not may_see_people(actor, organization):
        return {"people": None}
    page = list_people(session, actor, organization, page=read_page_request())
    return {
        "people": page.items,
        "roles_to_give": roles_to_give(actor, organization),
        "may_disable": may(actor, Permission.USER_DISABLE, owner_id=organization.id),
        "actor": actor,
        "form": request.form,
        **list_addresses(page, Filters(values={})),
    }
