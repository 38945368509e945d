"""Exports: what each table holds and in which columns; the pages' CSV and the command give the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from app.access.policy import is_field_visible, sees_field_somewhere
from app.access.vocabulary import Field
from app.actor import Actor
from app.areas import queries as areas
from app.areas.incidents import find_incidents
from app.areas.models import Area, Incident
from app.clock import today_utc
from app.errors import InvalidInputError, NotFoundError
from app.matches import queries as matches
from app.matches.models import MatchRun
from app.needs import queries as needs
from app.needs.entries import need_cells
from app.needs.filters import EVERY_NEED, NeedFilter
from app.needs.models import Need
from app.offers import queries as offers
from app.offers.entries import offer_cells
from app.offers.models import Offer
from app.offers.principles import list_principles
from app.offers.queries import EVERY_OFFER, OfferFilter
from app.offers.services import LABEL_COLUMNS
from app.organizations.entries import LIST_SEPARATOR
from app.organizations.importing import qualified_id
from app.paging import MAX_LIMIT, Page, PageRequest
from app.reports.label_tables import PRINCIPLE_COLUMNS, label_cells, principle_row
from app.reports.trail import EVERY_EVENT, EventFilter
from app.reports.trail_tables import EVENT_COLUMNS, event_rows
from app.states import queries as states
from app.states.models import GroupScheme, State
from app.tables import Cell, Table
from matching.intake.needs import NEED_COLUMNS
from matching.intake.offers import OFFER_COLUMNS
from matching.output import MATCH_COLUMNS, TANDEM_COLUMNS, UNMET_COLUMNS
from matching.reference import LANGUAGES

Scope = NeedFilter | OfferFilter | EventFilter | UUID | str | None
RecordT = TypeVar("RecordT")

# After the contract's columns stand those that only our own files have; an import reads them back.
NEED_EXPORT_COLUMNS: Final = (*NEED_COLUMNS.known, "areas_basis", "modes_basis", "chosen_providers", "stated_on")
FIELD_BY_COLUMN: Final = {
    "excluded_providers": Field.NEED_EXCLUDED_PROVIDERS,
    "chosen_providers": Field.NEED_CHOSEN_PROVIDERS,
}
OFFER_EXPORT_COLUMNS: Final = (*OFFER_COLUMNS.known, "areas_basis", "modes_basis", "kind", *LABEL_COLUMNS)
AREA_COLUMNS: Final = (
    "code",
    "parent",
    *(f"title_{language}" for language in LANGUAGES),
    "scope_en",
    "adjacent",
    "since_release",
    "retired_in",
    "successor",
)
INCIDENT_COLUMNS: Final = ("code", *(f"title_{language}" for language in LANGUAGES), "scope_en", "areas")
STATE_COLUMNS: Final = (
    "code",
    "iso2",
    "m49",
    *(f"name_{language}" for language in LANGUAGES),
    "un_member",
    *(scheme.value for scheme in GroupScheme),
    "languages",
)
RUN_COUNTS: Final = ("needs", "offers", "eligible_pairs", "allocated", "unmet")
RUN_COLUMNS: Final = (
    "id",
    "visibility",
    "as_of",
    "profile",
    "profile_version",
    "allocation",
    "engine_version",
    "area_release",
    *RUN_COUNTS,
    "ranking_sha256",
    "started_at",
    "finished_at",
)


class ExportName(StrEnum):
    """A table that can be exported."""

    NEEDS = "needs"
    OFFERS = "offers"
    AREAS = "areas"
    INCIDENTS = "incidents"
    PRINCIPLES = "principles"
    STATES = "states"
    MATCH_RUNS = "match-runs"
    MATCHES = "matches"
    UNMET_NEEDS = "unmet-needs"
    TANDEMS = "tandems"
    AUDIT_EVENTS = "audit-events"


# The files of a run that are tables, with their columns.
RUN_FILE_BY_NAME: Final[Mapping[ExportName, tuple[str, tuple[str, ...]]]] = {
    ExportName.MATCHES: ("matches.csv", MATCH_COLUMNS),
    ExportName.UNMET_NEEDS: ("unmet.csv", UNMET_COLUMNS),
    ExportName.TANDEMS: ("tandems.csv", TANDEM_COLUMNS),
}


def open_table(session: Session, actor: Actor, name: ExportName, scope: Scope = None) -> Table:
    """Return a table with what the actor may see of it.

    ``scope`` narrows it: a filter for needs, offers or events, a text for areas, a run's id for what a run found; without one,
    the newest run.

    Raises
    ------
    NotFoundError
        When there is no such run.
    InvalidInputError
        When the scope is not one of that table.
    """
    match name, scope:
        case ExportName.NEEDS, None | NeedFilter():
            return _needs(session, actor, scope or EVERY_NEED)
        case ExportName.OFFERS, None | OfferFilter():
            return _offers(session, actor, scope or EVERY_OFFER)
        case ((ExportName.MATCHES | ExportName.UNMET_NEEDS | ExportName.TANDEMS), None | UUID()):
            return _run_file(session, actor, name, scope)
        case ExportName.AUDIT_EVENTS, None | EventFilter():
            return _chosen(name, EVENT_COLUMNS, event_rows(session, actor, scope or EVERY_EVENT))
        case ExportName.AREAS, str() if scope:
            return _chosen(ExportName.AREAS, AREA_COLUMNS, map(_area_row, _areas_of(session, actor, scope)))
        case (ExportName.AREAS, "") | (
            (
                ExportName.AREAS
                | ExportName.INCIDENTS
                | ExportName.PRINCIPLES
                | ExportName.STATES
                | ExportName.MATCH_RUNS
            ),
            None,
        ):
            return _whole_table(session, actor, name)
    raise InvalidInputError(f"The table '{name}' cannot be narrowed in this way.")


def _needs(session: Session, actor: Actor, wanted: NeedFilter) -> Table:
    ambiguous = needs.ambiguous_external_ids(session, actor)
    rows = (_need_row(actor, need, ambiguous) for need in needs.iter_rows(session, actor, wanted))
    hidden = tuple(column for column, field in FIELD_BY_COLUMN.items() if not sees_field_somewhere(actor, field))
    return _chosen(ExportName.NEEDS, NEED_EXPORT_COLUMNS, rows, hidden=hidden)


def _need_row(actor: Actor, need: Need, ambiguous: frozenset[str]) -> dict[str, Cell]:
    sees_exclusions, sees_choices = (
        is_field_visible(actor, field, owner_id=need.organization_id) for field in FIELD_BY_COLUMN.values()
    )
    cells = need_cells(need, has_exclusions=sees_exclusions, has_choices=sees_choices)
    return cells | {"id": _clear_id(need, ambiguous)}


def _offers(session: Session, actor: Actor, wanted: OfferFilter) -> Table:
    ambiguous = offers.ambiguous_external_ids(session, actor)
    rows = (_offer_row(offer, ambiguous) for offer in offers.iter_rows(session, actor, wanted))
    return _chosen(ExportName.OFFERS, OFFER_EXPORT_COLUMNS, rows)


def _offer_row(offer: Offer, ambiguous: frozenset[str]) -> dict[str, Cell]:
    return offer_cells(offer) | label_cells(offer) | {"id": _clear_id(offer, ambiguous)}


def _clear_id(record: Need | Offer, ambiguous: frozenset[str]) -> str:
    """Return the external id, with the organization before it where it does not name one record."""
    is_clear = record.external_id not in ambiguous
    return record.external_id if is_clear else qualified_id(record.organization.code, record.external_id)


def _run_file(session: Session, actor: Actor, name: ExportName, run_id: UUID | None) -> Table:
    """Return a table of a run as its file holds it; of the newest run where none is named."""
    if run_id is None:
        run = matches.find_latest_run(session, actor)
        if run is None:
            raise NotFoundError("There is no run yet; make one with `flask --app wsgi match run`.")
        run_id = run.id
    file_name, columns = RUN_FILE_BY_NAME[name]
    content = matches.get_run_file(session, actor, run_id, file_name).content.decode()
    rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    return Table(name=name, columns=tuple(next(rows, columns)), rows=iter(rows))


def _whole_table(session: Session, actor: Actor, name: ExportName) -> Table:
    if name is ExportName.AREAS:
        listed = areas.list_areas(session, actor)
        return _chosen(name, AREA_COLUMNS, map(_area_row, listed))
    if name is ExportName.INCIDENTS:
        return _chosen(name, INCIDENT_COLUMNS, map(_incident_row, find_incidents(session)))
    if name is ExportName.PRINCIPLES:
        return _chosen(name, PRINCIPLE_COLUMNS, map(principle_row, list_principles(session)))
    if name is ExportName.STATES:
        return _chosen(
            name, STATE_COLUMNS, map(_state_row, _every(lambda page: states.list_page(session, actor, page)))
        )
    return _chosen(name, RUN_COLUMNS, map(_run_row, _every(lambda page: matches.list_runs(session, actor, page))))


def _areas_of(session: Session, actor: Actor, text: str) -> Iterator[Area]:
    """Yield the areas that hold the text and those above them, as the page shows them."""
    for node in areas.list_tree(session, actor, text=text):
        yield node.area
        yield from node.children


def _area_row(area: Area) -> dict[str, Cell]:
    titles: dict[str, Cell] = {f"title_{language}": getattr(area, f"title_{language}") for language in LANGUAGES}
    return titles | {
        "code": area.code,
        "parent": area.parent_code,
        "scope_en": area.scope_en,
        "adjacent": area.is_adjacent,
        "since_release": area.since_release,
        "retired_in": area.retired_in,
        "successor": area.successor_code,
    }


def _incident_row(incident: Incident) -> dict[str, Cell]:
    titles: dict[str, Cell] = {f"title_{language}": incident.title(language) for language in LANGUAGES}
    helping = LIST_SEPARATOR.join(one.area_code for one in incident.areas)
    return titles | {"code": incident.code, "scope_en": incident.scope_en, "areas": helping}


def _state_row(state: State) -> dict[str, Cell]:
    names: dict[str, Cell] = {f"name_{language}": getattr(state, f"name_{language}") for language in LANGUAGES}
    groups: dict[str, Cell] = {scheme.value: _groups_of(state, scheme) for scheme in GroupScheme}
    return (
        names
        | groups
        | {
            "code": state.code,
            "iso2": state.iso2,
            "m49": state.m49,
            "un_member": state.is_un_member,
            "languages": LIST_SEPARATOR.join(state.languages),
        }
    )


def _groups_of(state: State, scheme: GroupScheme) -> str:
    present = [row for row in state.memberships if row.scheme is scheme and row.holds_on(today_utc())]
    return LIST_SEPARATOR.join(sorted(row.code for row in present))


def _run_row(run: MatchRun) -> dict[str, Cell]:
    counts: dict[str, Cell] = {name: run.counts.get(name) for name in RUN_COUNTS}
    return counts | {
        "id": run.id,
        "visibility": run.visibility.value,
        "as_of": run.as_of_on,
        "profile": run.profile.name,
        "profile_version": run.profile.version,
        "allocation": run.allocation.value,
        "engine_version": run.engine_version,
        "area_release": run.area_release,
        "ranking_sha256": run.ranking_sha256,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def _every(list_page: Callable[[PageRequest], Page[RecordT]]) -> Iterator[RecordT]:
    """Yield the records of a list, page after page."""
    page = list_page(PageRequest(limit=MAX_LIMIT))
    yield from page.items
    while page.next_cursor:
        page = list_page(PageRequest(limit=MAX_LIMIT, cursor=page.next_cursor))
        yield from page.items


def _chosen(
    name: ExportName, columns: tuple[str, ...], rows: Iterator[dict[str, Cell]], *, hidden: tuple[str, ...] = ()
) -> Table:
    """Return the table with its columns in order, those left out that the actor may not see."""
    shown = tuple(column for column in columns if column not in hidden)
    cells: Iterator[Sequence[Any]] = ([row[column] for column in shown] for row in rows)
    return Table(name=name, columns=shown, rows=cells)
