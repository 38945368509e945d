"""What every page needs: who reads, in which language, which filters, and where the lists go on."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Response, g, request

from app.edge import request_actor, request_session
from app.errors import InvalidInputError, NotFoundError
from app.organizations.models import Organization
from app.organizations.queries import get_organization
from app.pages import current_language
from app.paging import MAX_CURSOR_LENGTH, Page, PageRequest
from app.reports.names import Names, load_names

MAX_TEXT_LENGTH: Final = 200  # characters of a search; more is no search any more
PAGE_LIMIT: Final = 20  # records of a list that a reader takes in at a time, and that a slow line brings in one
CURSOR: Final = "after"
TABLE: Final = "table"
ORGANIZATION: Final = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader chose, as it stands in the address; an empty text means no choice."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Return the choice for a filter."""
        return self.values.get(name, "")

    def get(self, name: str) -> str | None:
        """Return the choice for a filter, or None where there is none."""
        return self.values.get(name) or None

    @property
    def is_filtered(self) -> bool:
        """Whether anything was chosen."""
        return any(self.values.values())

    @property
    def chosen(self) -> dict[str, str]:
        """The choices that say something, for an address."""
        return {name: value for name, value in self.values.items() if value}


def page_names() -> Names:
    """Return the names in the reader's language, read once a request."""
    if "names" not in g:
        g.names = load_names(request_session(), request_actor(), current_language())
    names: Names = g.names
    return names


def read_filters(allowed: Mapping[str, Collection[str] | None]) -> Filters:
    """Return the filters of the address; for each name the values there are, or None for free text.

    Raises
    ------
    InvalidInputError
        When a value is none of those, too long, or holds control characters.
    """
    values = {name: request.args.get(name, "").strip() for name in allowed}
    for name, known in allowed.items():
        value = values[name]
        if value and known is not None and value not in known:
            raise InvalidInputError(f"The filter {name} has no such value.")
        if len(value) > MAX_TEXT_LENGTH or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
            raise InvalidInputError(f"The filter {name} cannot be read.")
    return Filters(values=values)


def chosen_organization(filters: Filters) -> Organization | None:
    """Return the organization that was chosen, None where none was.

    Raises
    ------
    InvalidInputError
        When there is none of that code of which the reader may know.
    """
    code = filters.get(ORGANIZATION)
    if code is None:
        return None
    try:
        return get_organization(request_session(), request_actor(), code)
    except NotFoundError as error:
        raise InvalidInputError(f"The filter {ORGANIZATION} has no such value.") from error


def organization_choices(organization: Organization | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the one organization that a filter shows: the one that was chosen, on whose page the list was opened."""
    return [("", [(organization.code, organization.name)])] if organization else []


def read_page_request(*, limit: int = PAGE_LIMIT) -> PageRequest:
    """Return which page of the list the address asks for."""
    return PageRequest(limit=limit, cursor=request.args.get(CURSOR, "")[: MAX_CURSOR_LENGTH + 1] or None)


def list_addresses(page: Page[Any], filters: Filters) -> dict[str, Any]:
    """Return where the list goes on, where it begins, and where its CSV is: with the same filters."""
    return {
        "previous_address": _address(filters, CURSOR, page.previous_cursor) if page.previous_cursor else None,
        "next_address": _address(filters, CURSOR, page.next_cursor) if page.next_cursor else None,
        "csv_address": csv_addresses(filters),
    }


def list_response(html: str, filters: Filters) -> Response:
    """Return a list; where a script fetched it, with the address to show: the filters chosen and no empty ones."""
    response = Response(html, mimetype="text/html")
    if "HX-Request" in request.headers:
        query = urlencode(filters.chosen)
        response.headers["HX-Push-Url"] = quote(request.path) + (f"?{query}" if query else "")
    return response


def csv_addresses(filters: Filters | None = None, *, table: str = "") -> Callable[[str], str]:
    """Return what gives the address of a table of the page in a format; without a name, of its only table."""
    chosen = {**(filters.values if filters else {}), TABLE: table}
    return lambda variant: _address(Filters(values=chosen), "format", variant)


def _address(filters: Filters, name: str, value: str) -> str:
    """Return the address of this page with its filters and one value more."""
    return f"{quote(request.path)}?{urlencode(filters.chosen | {name: value})}"
