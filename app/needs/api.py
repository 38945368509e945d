"""Needs in the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.edge import request_actor, request_session
from app.fields import page_request
from app.needs import queries
from app.needs.models import Need
from app.needs.queries import NeedFilter
from app.needs.schemas import NeedQuery, NeedSchema
from app.openapi import ApiBlueprint
from app.paging import Page

blueprint = ApiBlueprint("needs", __name__, description="What States say they need")


@blueprint.reads_page("/needs", NeedSchema, query=NeedQuery)
def list_needs(query: dict[str, Any]) -> Page[Need]:
    """Return a page of needs by external id."""
    page = page_request(query)
    return queries.list_page(request_session(), request_actor(), page, NeedFilter(**query))


@blueprint.reads_one("/needs/<uuid:need_id>", NeedSchema)
def get_need(need_id: UUID) -> Need:
    """Return one need."""
    return queries.get_need(request_session(), request_actor(), need_id)
