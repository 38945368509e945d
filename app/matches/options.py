"""What a run may be asked for beyond its profile and its day: as on the command line of the matcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.errors import InvalidInputError
from matching.allocation import Sharing, check_rule
from matching.errors import UnreadableProfileError
from matching.groups import check_groups
from matching.profiles import ScoringProfile, parse_profile
from matching.reference import Geography
from matching.vocabulary import AllocationRule

COMPARED_RULES: Final = (AllocationRule.GREEDY, AllocationRule.STABLE)
"""Rules that others are compared with: what they find is a scenario and takes no place on the pages of records."""

RULES: Final = (AllocationRule.OPTIMAL, *COMPARED_RULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How places are shared out, and which further questions a run answers.

    With a ``max_coalition`` above 1, up to so many offers serve a need in parts. ``equity_floor`` maps groups to shares in
    [0, 1] and stands in place of the profile's; ``None`` leaves that. ``needs_changes`` asks what would serve the most
    needs of a large pool too, which takes minutes.
    """

    rule: AllocationRule = AllocationRule.OPTIMAL
    max_coalition: int = 1
    equity_floor: Mapping[str, float] | None = field(default=None)
    needs_changes: bool = False

    @property
    def sharing(self) -> Sharing:
        """How the matcher shares places out."""
        return Sharing(self.rule, self.max_coalition)

    def as_document(self) -> dict[str, Any] | None:
        """Return all but the rule as a run keeps it; ``None`` where nothing was asked for."""
        asked: dict[str, Any] = {}
        if self.max_coalition > 1:
            asked["max_coalition"] = self.max_coalition
        if self.equity_floor is not None:
            asked["equity_floor"] = dict(sorted(self.equity_floor.items()))
        if self.needs_changes:
            asked["needs_changes"] = True
        return asked or None


PLAIN_OPTIONS: Final = RunOptions()
"""The best total, one offer a need, the floors of the profile."""


def read_options(rule: AllocationRule, document: Mapping[str, Any] | None) -> RunOptions:
    """Return what a stored run was asked for."""
    return RunOptions(rule=rule, **(document or {}))


def profile_as_run(document: object, options: RunOptions) -> ScoringProfile:
    """Return a profile with the floors that were chosen for a run."""
    profile = parse_profile(document)
    return profile if options.equity_floor is None else replace(profile, equity_floor=dict(options.equity_floor))


def weighed_profile(document: object, options: RunOptions, geography: Geography) -> ScoringProfile:
    """Return the profile of a run, with the floors that were chosen for it.

    Raises
    ------
    InvalidInputError
        When the rule keeps no floors and there are some, or a floor is for a group that nobody knows.
    """
    profile = profile_as_run(document, options)
    try:
        check_rule(options.rule, profile.equity_floor)
        check_groups(profile.equity_floor, geography)
    except UnreadableProfileError as error:
        raise InvalidInputError(str(error)) from error
    return profile
