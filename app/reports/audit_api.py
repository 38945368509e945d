"""The audit trail in the API: what the caller may know of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.edge import request_actor, request_session
from app.fields import page_request
from app.openapi import ApiBlueprint
from app.paging import Page
from app.reports import trail
from app.reports.audit_schemas import AuditEventQuery, AuditEventSchema
from app.reports.trail import EventFilter
from app.reports.trail_actors import TrailEvent

blueprint = ApiBlueprint("audit-events", __name__, description="What changed, when and by whom")


@blueprint.reads_page("/audit-events", AuditEventSchema, query=AuditEventQuery, is_public=False)
def list_audit_events(query: dict[str, Any]) -> Page[TrailEvent]:
    """Return a page of the events that the caller may know of, the newest first."""
    page = page_request(query)
    return trail.list_events(request_session(), request_actor(), page, EventFilter(**query))


@blueprint.reads_one("/audit-events/<uuid:event_id>", AuditEventSchema, is_public=False)
def get_audit_event(event_id: UUID) -> TrailEvent:
    """Return one event."""
    return trail.get_event(request_session(), request_actor(), event_id)
