"""Releases of the areas beside all that refers to them: what a draft touches, what stands in its way, and its adoption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.actor import Actor
from app.areas.checks import DraftFault, faults_of
from app.areas.models import AreaRelease, ReleaseState
from app.areas.release_queries import areas_before, areas_of
from app.areas.released import AreaDifference, differences
from app.areas.releases import Adoption, adopt_draft
from app.clock import Clock, now_utc
from app.reports.touched import NOTHING, Touched, touched_by_code


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChange:
    """What a release has otherwise than the one before, what refers to that, and what is wrong with it."""

    difference: AreaDifference
    touched: Touched
    faults: tuple[DraftFault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseReview:
    """All that a release has otherwise than the one before; ``faults`` has those of areas that it leaves as they are too."""

    changes: tuple[AreaChange, ...]
    faults: tuple[DraftFault, ...]


def review_release(session: Session, actor: Actor, release: AreaRelease) -> ReleaseReview:
    """Return what a release changes and touches, as the actor sees records; faults of a draft alone.

    Raises
    ------
    ForbiddenError
        When the actor reads no releases.
    """
    touched = touched_by_code(session, actor)
    before, after = areas_before(session, release), areas_of(session, release)
    is_draft = release.state is ReleaseState.DRAFT
    faults = faults_of(before, after, _referring(touched)) if is_draft else ()
    changes = tuple(
        AreaChange(
            difference=one,
            touched=touched.get(one.code, NOTHING),
            faults=tuple(fault for fault in faults if fault.code == one.code),
        )
        for one in (differences(before, after) if release.base_release else ())
    )
    return ReleaseReview(changes=changes, faults=faults)


def adopt_release(
    session: Session, actor: Actor, draft: AreaRelease, adoption: Adoption, *, clock: Clock = now_utc
) -> None:
    """Make a draft, which has to be locked, the release in force; raises as ``adopt_draft``."""
    n_referring = _referring(touched_by_code(session, actor))
    adopt_draft(session, actor, draft, adoption, n_referring=n_referring, clock=clock)


def _referring(touched: Mapping[str, Touched]) -> Mapping[str, int]:
    return {code: one.n_referring for code, one in touched.items()}
