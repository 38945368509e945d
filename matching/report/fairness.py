"""The report's part on equity floors: what each asks for and gets, as far as it may be told."""

from __future__ import annotations

from dataclasses import dataclass

from matching.groups import title_of
from matching.reference import Geography
from matching.report.figures import FEWEST_BY_ID_ONLY
from matching.results import GroupShare, RunResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorLine:
    """The floor of one group; ``share`` is None where its numbers would tell whose a need shown by id is."""

    title: str
    floor: float
    share: GroupShare | None


def list_floors(result: RunResult, geography: Geography) -> tuple[FloorLine, ...]:
    """Return a line for each floor, in the order of the group codes; none where the profile sets no floor."""
    if result.fairness is None:
        return ()
    return tuple(
        FloorLine(
            title=title_of(share.group, geography),
            floor=share.floor,
            share=None if 0 < share.n_by_id_only < FEWEST_BY_ID_ONLY else share,
        )
        for share in result.fairness.groups
    )
