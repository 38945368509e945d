"""States in the API."""

from __future__ import annotations

from typing import Any

from app.edge import request_actor, request_session
from app.fields import page_request
from app.openapi import ApiBlueprint
from app.paging import Page
from app.states import queries
from app.states.models import State
from app.states.schemas import StateSchema

blueprint = ApiBlueprint("states", __name__, description="States and the groups they belong to")


@blueprint.reads_page("/states", StateSchema)
def list_states(query: dict[str, Any]) -> Page[State]:
    """Return a page of States by code."""
    return queries.list_page(request_session(), request_actor(), page_request(query))


@blueprint.reads_one("/states/<code:code>", StateSchema)
def get_state(code: str) -> State:
    """Return one State."""
    return queries.get_state(request_session(), request_actor(), code)
