"""Led tandems: States from different regional groups that could file together, one with more capacity leading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.arrays import Floats
from matching.records import TandemCandidate
from matching.reference import Geography, Taxonomy
from matching.results import Tandem
from matching.sentences import N_, Sentence
from matching.vocabulary import TandemKind, TandemRole

LANGUAGE_WEIGHT: Final = 0.4
LEVEL_WEIGHT: Final = 0.4
RECIPROCITY_WEIGHT: Final = 0.2
FULL_LEVEL_GAP: Final = 3  # from here on more distance between the levels adds nothing
COVERAGE_WORTH: Final = 1000.0  # more than all scores of one area together: coverage comes first

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
    """Return the tandems of a lead and its partners, at the optimum over all States of each area.

    The hard rules: different UN regional groups, the lead's level strictly higher, roles as declared, no more partners
    than the lead declared, and a State in at most one tandem of an area. Most States covered come first, then the sum
    of the scores of the pairs: 0.4 for a shared language, 0.4 for three or more levels between the two, less for fewer,
    and 0.2 where the partner may lead in another area.

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
        When the solver gives up on the programme of an area.

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
        by_area.setdefault(candidate.area_code, []).append(candidate)
    leading = _areas_by_lead(candidates)
    return [
        tandem
        for area in sorted(by_area)
        for tandem in _area_tandems(by_area[area], geography=geography, areas_by_lead=leading)
    ]


def _areas_by_lead(candidates: Sequence[TandemCandidate]) -> dict[str, frozenset[str]]:
    """Return for each State the areas in which it may lead: where it could give something back."""
    areas: dict[str, frozenset[str]] = {}
    for item in candidates:
        if item.role in _MAY_LEAD:
            areas[item.state] = areas.get(item.state, frozenset()) | {item.area_code}
    return areas


def _area_tandems(
    candidates: Sequence[TandemCandidate], *, geography: Geography, areas_by_lead: Mapping[str, frozenset[str]]
) -> list[Tandem]:
    pairs = [
        (lead, partner)
        for lead in range(len(candidates))
        for partner in range(len(candidates))
        if _may_lead(candidates[lead], candidates[partner], geography)
    ]
    if not pairs:
        return []
    scores = [
        _pair_score(candidates[lead], candidates[partner], geography=geography, areas_by_lead=areas_by_lead)
        for lead, partner in pairs
    ]
    chosen = _choose(candidates, pairs, np.array([score for score, _ in scores]))
    partners: dict[int, list[int]] = {}
    for at in chosen:
        partners.setdefault(pairs[at][0], []).append(at)
    return [
        Tandem(
            area_code=candidates[lead].area_code,
            lead=candidates[lead].state,
            partners=tuple(sorted(candidates[pairs[at][1]].state for at in chosen_pairs)),
            kind=TandemKind.LEAD,
            score=round(float(np.mean([scores[at][0] for at in chosen_pairs])), 6),
            reasons=tuple(reason for at in chosen_pairs for reason in scores[at][1]),
        )
        for lead, chosen_pairs in sorted(partners.items(), key=lambda item: candidates[item[0]].state)
    ]


def _may_lead(lead: TandemCandidate, partner: TandemCandidate, geography: Geography) -> bool:
    has_roles = lead.role in _MAY_LEAD and partner.role in _MAY_FOLLOW
    is_higher = lead.capacity_level > partner.capacity_level and lead.max_partners > 0
    return has_roles and is_higher and may_pair(lead.state, partner.state, geography)


def _pair_score(
    lead: TandemCandidate,
    partner: TandemCandidate,
    *,
    geography: Geography,
    areas_by_lead: Mapping[str, frozenset[str]],
) -> tuple[float, tuple[Sentence, ...]]:
    shared = [code for code in _languages(lead, geography) if code in _languages(partner, geography)]
    distance = lead.capacity_level - partner.capacity_level
    gives_back = bool(areas_by_lead.get(partner.state, frozenset()) - {lead.area_code})
    score = LANGUAGE_WEIGHT * bool(shared) + LEVEL_WEIGHT * min(distance / FULL_LEVEL_GAP, 1.0)
    score += RECIPROCITY_WEIGHT * gives_back
    names = {"lead": geography.name(lead.state), "partner": geography.name(partner.state)}
    message = N_("%(lead)s stands at level %(higher)s in this area, %(partner)s at level %(lower)s.")
    levels = {"higher": lead.capacity_level, "lower": partner.capacity_level}
    reasons = [Sentence(message=message, values={**names, **levels})]
    if shared:
        message = N_("%(lead)s and %(partner)s share %(languages)s.")
        reasons.append(Sentence(message=message, values={**names, "languages": ", ".join(shared)}))
    if gives_back:
        reasons.append(Sentence(message=N_("%(partner)s volunteers to lead in another area."), values=names))
    return round(score, 6), tuple(reasons)


def _languages(candidate: TandemCandidate, geography: Geography) -> tuple[str, ...]:
    if candidate.languages:
        return candidate.languages
    state = geography.state_by_code.get(candidate.state)
    return state.languages if state is not None else ()


def _choose(candidates: Sequence[TandemCandidate], pairs: Sequence[tuple[int, int]], scores: Floats) -> list[int]:
    """Return the positions of the chosen pairs: a mixed-integer programme solved to optimality.

    One variable for each pair, and one for each State that says whether it leads; a State that leads has at least one
    partner, at most its declared number, and follows nobody; one that does not lead follows at most one. Each State in
    a tandem, leading or following, counts as covered.
    """
    n_pairs, n_states = len(pairs), len(candidates)
    leads = np.array([lead for lead, _ in pairs])
    follows = np.array([partner for _, partner in pairs])
    limits = np.array([candidate.max_partners for candidate in candidates], dtype=np.float64)
    ones, at = np.ones(n_pairs), np.arange(n_pairs)
    leading = sp.csr_matrix((ones, (leads, at)), shape=(n_states, n_pairs))
    following = sp.csr_matrix((ones, (follows, at)), shape=(n_states, n_pairs))
    within_limit = sp.hstack([leading, sp.diags_array(-np.minimum(limits, n_states))])
    not_alone = sp.hstack([-leading, sp.eye_array(n_states)])
    one_place = sp.hstack([following, sp.eye_array(n_states)])
    worth = np.concatenate([COVERAGE_WORTH + scores, np.full(n_states, COVERAGE_WORTH)])
    solution = milp(
        -worth,
        constraints=[
            LinearConstraint(within_limit, ub=0.0),
            LinearConstraint(not_alone, ub=0.0),
            LinearConstraint(one_place, ub=1.0),
        ],
        integrality=np.ones(n_pairs + n_states, dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if solution.x is None:
        raise ArithmeticError(f"the tandems were not solved: {solution.message}")
    return [int(at) for at in np.flatnonzero(np.rint(solution.x[:n_pairs]))]
