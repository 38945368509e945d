"""Areas in the API."""

from __future__ import annotations

from typing import Any

from app.areas import incidents, queries
from app.areas.models import Area, Incident
from app.areas.schemas import AreaDetailSchema, AreaQuery, AreaSchema, IncidentSchema
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


@blueprint.reads_page("/incidents", IncidentSchema)
def list_incidents(query: dict[str, Any]) -> Page[Incident]:
    """Return a page of incidents by code, each with the areas that help."""
    return incidents.list_page(request_session(), page_request(query))


@blueprint.reads_one("/incidents/<handle:code>", IncidentSchema)
def get_incident(code: str) -> Incident:
    """Return one incident with the areas that help."""
    return incidents.get_incident(request_session(), code)
