"""Loading the sample: real needs and offers from public statements, under an organization of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.clock import Clock, now_utc
from app.datafiles import DATA_FOLDER, read_bytes
from app.needs.services import import_needs
from app.offers.services import import_offers
from app.organizations.importing import FileImport, ImportReport
from app.organizations.models import OrganizationKind
from app.organizations.services import NewOrganization, find_by_code, register

SAMPLE_CODE: Final = "sample"
SAMPLE_NAME: Final = "Sample of public statements"


def load_sample(
    session: Session, actor: Actor, *, folder: Path = DATA_FOLDER, clock: Clock = now_utc
) -> dict[str, ImportReport]:
    """Store the sample's needs and offers and return a report on each; a second time changes nothing.

    A sample that changed updates what only this loading ever wrote, and never shows it to more than before; a record
    that somebody else corrected or withdrew stays as they left it.
    """
    require(actor, Permission.SAMPLE_LOAD)
    if find_by_code(session, SAMPLE_CODE) is None:
        new = NewOrganization(code=SAMPLE_CODE, name=SAMPLE_NAME, kind=OrganizationKind.SECRETARIAT)
        register(session, actor, new, clock=clock)
    return {
        "needs": import_needs(session, actor, _file(folder, "needs.csv"), clock=clock),
        "offers": import_offers(session, actor, _file(folder, "offers.csv"), clock=clock),
    }


def _file(folder: Path, name: str) -> FileImport:
    content = read_bytes(folder / "sample" / name)
    return FileImport(content=content, name=name, organization_code=SAMPLE_CODE, is_sample=True)
