"""Factories of areas, releases and entries of other taxonomies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.areas.models import Area, AreaChange, AreaLink, AreaRelease, AreaTerm, Incident, IncidentArea, SchemeCode
from app.areas.release_queries import rows_by_code
from app.areas.released import area_in_force
from tests.factories.storing import filled, next_number, store


def create_release(session: Session, release: str = "1", **columns: Any) -> AreaRelease:
    """Return the release of that name, stored at the first call."""
    existing = session.get(AreaRelease, release)
    if existing is not None:
        return existing
    return store(
        session,
        AreaRelease(release=release, **filled(columns, adopted_on=date(2026, 1, 1))),
    )


def create_scheme_code(session: Session, scheme: str = "GFCE", code: str = "A", **columns: Any) -> SchemeCode:
    """Return the entry of another taxonomy, stored at the first call."""
    existing = session.get(SchemeCode, (scheme, code))
    if existing is not None:
        return existing
    return store(
        session,
        SchemeCode(scheme=scheme, code=code, **filled(columns, title=f"{scheme} {code}")),
    )


def create_area(
    session: Session,
    code: str = "IRC",
    *,
    terms: tuple[tuple[str, str], ...] = (),
    links: tuple[tuple[str, str], ...] = (),
    **columns: Any,
) -> Area:
    """Return the area of that code with its parents, stored at the first call.

    ``terms`` are pairs of language and term, ``links`` of scheme and code.
    """
    existing = session.get(Area, code)
    if existing is not None:
        return existing
    create_release(session)
    parent_code = code.rpartition(".")[0] or None
    if parent_code:
        create_area(session, parent_code)
    for scheme, scheme_code in links:
        create_scheme_code(session, scheme, scheme_code)
    titles = {f"title_{language}": f"Area {code}" for language in ("en", "fr", "es", "ru", "zh", "ar")}
    ordinary = titles | {
        "parent_code": parent_code,
        "since_release": "1",
        "position": next_number(),
    }
    area = Area(code=code, **filled(columns, **ordinary))
    area.terms = [
        AreaTerm(language=language, term=term, position=position) for position, (language, term) in enumerate(terms)
    ]
    area.links = [AreaLink(scheme=scheme, code=scheme_code) for scheme, scheme_code in links]
    return store(session, area)


def create_area_change(session: Session, code: str = "GOV.1", *, release: str = "1", **changes: Any) -> AreaChange:
    """Return the change of an area by a release: its scope, and what is named."""
    create_area(session, code)
    content = replace(
        area_in_force(rows_by_code(session)[code]), **({"scope": f"What {code} is about."} | changes)
    ).document()
    return store(session, AreaChange(release=create_release(session, release).release, code=code, content=content))


def create_incident(
    session: Session, code: str = "ransomware", *, areas: tuple[str, ...] = ("IRC",), **columns: Any
) -> Incident:
    """Return an incident with the areas that help, that which helps most first."""
    for area in areas:
        create_area(session, area)
    titles = {f"title_{language}": f"Incident {code}" for language in ("en", "fr", "es", "ru", "zh", "ar")}
    incident = Incident(code=code, **filled(columns, **titles, position=next_number()))
    incident.areas = [
        IncidentArea(area_code=area, position=position, why_en=f"{area} helps.") for position, area in enumerate(areas)
    ]
    return store(session, incident)
