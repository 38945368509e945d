"""Led tandems: States from different regional groups that could file together, one with more capacity leading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from matching.arrays import DECIMALS
from matching.partnering import ALL_POINTS, Volunteer, choose_pairs, points_of
from matching.records import TandemCandidate
from matching.reference import Geography, Taxonomy
from matching.results import Tandem
from matching.sentences import N_, Sentence
from matching.vocabulary import TandemKind, TandemRole

_MAY_LEAD: Final = (TandemRole.LEAD, TandemRole.EITHER)
_MAY_FOLLOW: Final = (TandemRole.PARTNER, TandemRole.EITHER)


def may_pair(one: str, other: str, geography: Geography) -> bool:
    """Return whether two States belong to different UN regional groups; a State without a group has none to differ from.

    Parameters
    ----------
    one, other
        ISO 3166-1 alpha-3 codes, in either order; a code that the geography does not know has no group.
    geography
        The groups as they stand on the day.

    References
    ----------
    A/78/76, Italy: joint requests of States from different regions.

    Examples
    --------
    >>> groups = {"KEN": "AFR", "GHA": "AFR", "FJI": "APG"}
    >>> geography = Geography(state_by_code={}, members_by_token={}, group_by_state=groups)
    >>> [may_pair("KEN", other, geography) for other in ("FJI", "GHA", "USA")]
    [True, False, False]
    """
    first, second = geography.group_by_state.get(one), geography.group_by_state.get(other)
    return bool(first) and bool(second) and first != second


def resolve_candidates(candidates: Sequence[TandemCandidate], taxonomy: Taxonomy) -> list[TandemCandidate]:
    """Return the candidates under the area codes in force, one for each State and area.

    Where a State stands in an area under the code in force and under a retired one, the code in force counts: whoever
    wrote it knew the newer release. Among several retired codes the first in code order counts.

    Parameters
    ----------
    candidates
        In any order, under codes in force or retired.
    taxonomy
        The release that says which code succeeds which; a code that it does not know stays as it is.

    Returns
    -------
    list of TandemCandidate
        By area and State.

    Examples
    --------
    >>> from matching.reference import Area
    >>> areas = [Area(code="GOV.1", parent="GOV", titles={}), Area(code="GOV.9", parent="GOV", titles={}, successor="GOV.1")]
    >>> taxonomy = Taxonomy(release="1", area_by_code={area.code: area for area in areas})
    >>> old, new = (
    ...     TandemCandidate(state="KEN", area_code=code, capacity_level=level, role=TandemRole.EITHER)
    ...     for code, level in (("GOV.9", 2), ("GOV.1", 4))
    ... )
    >>> [(item.area_code, item.capacity_level) for item in resolve_candidates([old, new], taxonomy)]
    [('GOV.1', 4)]
    """
    chosen: dict[tuple[str, str], TandemCandidate] = {}
    for candidate in sorted(candidates, key=lambda item: _standing(item, taxonomy)):
        code = taxonomy.resolve(candidate.area_code) or candidate.area_code
        chosen.setdefault((code, candidate.state), replace(candidate, area_code=code))
    return [chosen[place] for place in sorted(chosen)]


def _standing(candidate: TandemCandidate, taxonomy: Taxonomy) -> tuple[object, ...]:
    """Return what decides which of two candidates of a State counts; all of it, so that their order never does."""
    is_retired = taxonomy.resolve(candidate.area_code) not in (candidate.area_code, None)
    rest = (candidate.capacity_level, candidate.role, candidate.max_partners, candidate.languages)
    return (is_retired, candidate.area_code, candidate.state, *rest)


def propose_led_tandems(candidates: Sequence[TandemCandidate], geography: Geography) -> list[Tandem]:
    """Return the tandems of a lead and its partners, at the optimum over all States and areas.

    The hard rules: different UN regional groups, the lead's level strictly higher, roles as declared, no more partners
    than the lead declared, and a State in at most one tandem of an area. First counts how many States have a tandem at
    all, then in how many places, then the sum of the scores of the pairs: 0.4 for a shared language, 0.4 for three or
    more levels between the two, less for fewer, and 0.2 where the partner may lead in another area.

    Parameters
    ----------
    candidates
        In any order; at most one for each State and area, as ``resolve_candidates`` gives them.
    geography
        The States with their names, groups and languages; a candidate's own languages come before its State's.

    Returns
    -------
    list of Tandem
        By area and lead. The score, in [0, 1], is the mean over the lead's partners.

    Raises
    ------
    ArithmeticError
        When the solver gives up.

    References
    ----------
    A/78/76, Germany (partnering of one State with one or more others) and Italy (joint requests across regions).

    Examples
    --------
    >>> geography = Geography(state_by_code={}, members_by_token={}, group_by_state={"KEN": "AFR", "FJI": "APG"})
    >>> lead, partner = (
    ...     TandemCandidate(state=state, area_code="GOV.1", capacity_level=level, role=TandemRole.EITHER)
    ...     for state, level in (("KEN", 4), ("FJI", 1))
    ... )
    >>> [(item.lead, item.partners, item.score) for item in propose_led_tandems([partner, lead], geography)]
    [('KEN', ('FJI',), 0.4)]
    """
    by_area: dict[str, list[TandemCandidate]] = {}
    for candidate in sorted(candidates, key=lambda item: (item.area_code, item.state)):
        if geography.group_by_state.get(candidate.state):
            by_area.setdefault(candidate.area_code, []).append(candidate)
    leading = _areas_by_lead(candidates)
    areas = list(by_area.values())
    volunteers = [[_volunteer(item, geography, leading) for item in area] for area in areas]
    return [
        tandem
        for area, of_area, pairs in zip(areas, volunteers, choose_pairs(volunteers), strict=True)
        for tandem in _tandems(area, of_area, pairs, geography=geography)
    ]


def _areas_by_lead(candidates: Sequence[TandemCandidate]) -> dict[str, frozenset[str]]:
    """Return for each State the areas in which it may lead: where it could give something back."""
    areas: dict[str, frozenset[str]] = {}
    for item in candidates:
        if item.role in _MAY_LEAD:
            areas[item.state] = areas.get(item.state, frozenset()) | {item.area_code}
    return areas


def _volunteer(item: TandemCandidate, geography: Geography, leading: Mapping[str, frozenset[str]]) -> Volunteer:
    return Volunteer(
        state=item.state,
        group=geography.group_by_state[item.state],
        level=item.capacity_level,
        limit=item.max_partners if item.role in _MAY_LEAD else 0,
        may_follow=item.role in _MAY_FOLLOW,
        may_give_back=bool(leading.get(item.state, frozenset()) - {item.area_code}),
        languages=frozenset(_languages(item, geography)),
    )


def _tandems(
    area: Sequence[TandemCandidate],
    volunteers: Sequence[Volunteer],
    pairs: Sequence[tuple[int, int]],
    *,
    geography: Geography,
) -> list[Tandem]:
    partners_by_lead: dict[int, list[int]] = {}
    for lead, partner in sorted(pairs):
        partners_by_lead.setdefault(lead, []).append(partner)
    return [
        Tandem(
            area_code=area[lead].area_code,
            lead=area[lead].state,
            partners=tuple(area[partner].state for partner in partners),
            kind=TandemKind.LEAD,
            score=_score([points_of(volunteers[lead], volunteers[partner]) for partner in partners]),
            reasons=tuple(
                reason
                for partner in partners
                for reason in _reasons(
                    area[lead], area[partner], may_give_back=volunteers[partner].may_give_back, geography=geography
                )
            ),
        )
        for lead, partners in partners_by_lead.items()
    ]


def _score(points: Sequence[int]) -> float:
    """Return the mean of the scores of some pairs, each in [0, 1]."""
    return round(sum(points) / (ALL_POINTS * len(points)), DECIMALS)


def _reasons(
    lead: TandemCandidate, partner: TandemCandidate, *, may_give_back: bool, geography: Geography
) -> list[Sentence]:
    names = {"lead": geography.name(lead.state), "partner": geography.name(partner.state)}
    message = N_("%(lead)s stands at level %(higher)s in this area, %(partner)s at level %(lower)s.")
    levels = {"higher": lead.capacity_level, "lower": partner.capacity_level}
    reasons = [Sentence(message=message, values={**names, **levels})]
    shared = [code for code in _languages(lead, geography) if code in _languages(partner, geography)]
    if shared:
        message = N_("%(lead)s and %(partner)s share %(languages)s.")
        reasons.append(Sentence(message=message, values={**names, "languages": ", ".join(shared)}))
    if may_give_back:
        reasons.append(Sentence(message=N_("%(partner)s volunteers to lead in another area."), values=names))
    return reasons


def _languages(candidate: TandemCandidate, geography: Geography) -> tuple[str, ...]:
    if candidate.languages:
        return candidate.languages
    state = geography.state_by_code.get(candidate.state)
    return state.languages if state is not None else ()
