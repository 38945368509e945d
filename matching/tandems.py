"""Tandems: States from different regional groups that could file together, one led by another or as peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import rustworkx
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.arrays import DECIMALS, Floats, indicator, rounded
from matching.records import TandemCandidate
from matching.reference import Geography, Taxonomy
from matching.results import Tandem
from matching.sentences import N_, Sentence
from matching.text import TextVectors, likeness
from matching.vocabulary import TandemKind, TandemRole

LANGUAGE_WEIGHT: Final = 0.4
LEVEL_WEIGHT: Final = 0.4
RECIPROCITY_WEIGHT: Final = 0.2
FULL_LEVEL_GAP: Final = 3  # from here on more distance between the levels adds nothing
COVERAGE_WORTH: Final = 1000.0  # more than all scores of one area together: coverage comes first
PEER_TEXT_WEIGHT: Final = 0.8
PEER_LANGUAGE_WEIGHT: Final = 0.2
PEER_MINIMUM_SCORE: Final = 0.5

_MAY_LEAD: Final = (TandemRole.LEAD, TandemRole.EITHER)
_MAY_FOLLOW: Final = (TandemRole.PARTNER, TandemRole.EITHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerNeed:
    """One State's need in one area, as far as peers are concerned."""

    need_id: str
    state: str
    area_code: str
    position: int


def may_pair(one: str, other: str, geography: Geography) -> bool:
    """Return whether two States belong to different UN regional groups; a State without a group has none to differ from."""
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
    of the scores.

    Parameters
    ----------
    candidates
        In any order; at most one for each State and area, as ``resolve_candidates`` gives them.

    Returns
    -------
    list of Tandem
        By area and lead.

    References
    ----------
    A/78/76, Germany (partnering of one State with one or more others) and Italy (joint requests across regions).
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


def propose_peer_tandems(
    needs: Sequence[PeerNeed],
    vectors: TextVectors,
    geography: Geography,
    *,
    taken: Mapping[str, frozenset[str]],
) -> list[Tandem]:
    """Return pairs of States of different groups with like needs, at the best total of each area.

    Parameters
    ----------
    needs
        One entry for each need and area.
    vectors
        The texts of all needs, by ``position``.
    taken
        By area, the States that are in a tandem already.

    Returns
    -------
    list of Tandem
        By area and first State; neither leads.

    References
    ----------
    Galil (1986), ACM Computing Surveys 18(1), 23-38; solved with the blossom algorithm of rustworkx.
    """
    by_area: dict[str, list[PeerNeed]] = {}
    for need in sorted(needs, key=lambda item: (item.area_code, item.state, item.need_id)):
        if need.state not in taken.get(need.area_code, frozenset()):
            by_area.setdefault(need.area_code, []).append(need)
    return [tandem for area in sorted(by_area) for tandem in _peer_pairs(by_area[area], vectors, geography)]


def _peer_pairs(needs: Sequence[PeerNeed], vectors: TextVectors, geography: Geography) -> list[Tandem]:
    best = _best_needs(needs, vectors, geography)
    states = sorted({state for pair in best for state in pair})
    graph: rustworkx.PyGraph[str, float] = rustworkx.PyGraph(multigraph=False)
    node = dict(zip(states, graph.add_nodes_from(states), strict=True))
    graph.add_edges_from([(node[one], node[other], best[one, other][0]) for one, other in sorted(best)])
    chosen = rustworkx.max_weight_matching(graph, weight_fn=lambda score: round(score * 1e6))
    pairs = sorted(tuple(sorted((graph[one], graph[other]))) for one, other in chosen)
    return [_peer_tandem(*best[one, other], geography) for one, other in pairs]


def _best_needs(
    needs: Sequence[PeerNeed], vectors: TextVectors, geography: Geography
) -> dict[tuple[str, str], tuple[float, PeerNeed, PeerNeed]]:
    """Return for each two States that may pair their two needs that are most alike, if they are alike enough."""
    texts = vectors.take(np.array([need.position for need in needs], dtype=np.int64))
    scores = PEER_TEXT_WEIGHT * likeness(texts, texts) + PEER_LANGUAGE_WEIGHT * _shared_languages(needs, geography)
    best: dict[tuple[str, str], tuple[float, PeerNeed, PeerNeed]] = {}
    for row, column in np.argwhere(np.triu(rounded(scores), k=1) >= PEER_MINIMUM_SCORE):
        one, other = needs[row], needs[column]
        score = round(float(scores[row, column]), DECIMALS)
        known = best.get((one.state, other.state))
        if may_pair(one.state, other.state, geography) and (known is None or score > known[0]):
            best[one.state, other.state] = (score, one, other)
    return best


def _shared_languages(needs: Sequence[PeerNeed], geography: Geography) -> Floats:
    """Return whether the States of two needs share a language; shape (n_needs, n_needs)."""
    spoken = [geography.state_by_code[need.state].languages for need in needs]
    columns = sorted({language for languages in spoken for language in languages})
    speaks = indicator(spoken, columns)
    return np.minimum(speaks @ speaks.T, 1.0)


def _peer_tandem(score: float, one: PeerNeed, other: PeerNeed, geography: Geography) -> Tandem:
    message = N_("%(one)s (%(one_need)s) and %(other)s (%(other_need)s) ask for much the same and could file jointly.")
    values = {
        "one": geography.name(one.state),
        "other": geography.name(other.state),
        "one_need": one.need_id,
        "other_need": other.need_id,
    }
    return Tandem(
        area_code=one.area_code,
        lead=min(one.state, other.state),
        partners=(max(one.state, other.state),),
        kind=TandemKind.PEER,
        score=score,
        reasons=(Sentence(message=message, values=values),),
    )
