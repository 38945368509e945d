"""Areas in the API."""

from __future__ import annotations

from typing import Any

from app.areas import queries
from app.areas.models import Area
from app.areas.schemas import AreaDetailSchema, AreaQuery, AreaSchema
from app.edge import request_actor, request_session
from app.fields import page_request
from app.openapi import ApiBlueprint
from app.paging import Page

blueprint = ApiBlueprint("areas", __name__, description="Areas of capacity-building and their subtopics")


@blueprint.reads_page("/areas", AreaSchema, query=AreaQuery)
def list_areas(query: dict[str, Any]) -> Page[Area]:
    """Return a page of areas by code."""
    return queries.list_page(request_session(), request_actor(), page_request(query), **query)


@blueprint.reads_one("/areas/<code:code>", AreaDetailSchema)
def get_area(code: str) -> Area:
    """Return one area with its search terms and its links to other taxonomies."""
    return queries.get_area(request_session(), request_actor(), code)
