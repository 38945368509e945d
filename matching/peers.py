"""Peer tandems: States from different regional groups that ask for much the same and could file jointly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import rustworkx

from matching.arrays import DECIMALS, Floats, Integers, indicator, rounded
from matching.candidates import split_into_blocks
from matching.reference import Geography, Reference, Taxonomy
from matching.results import Reading, Tandem
from matching.sentences import N_, Sentence
from matching.tandems import may_pair
from matching.text import TextVectors, likeness
from matching.vocabulary import Basis, TandemKind

PEER_TEXT_WEIGHT: Final = 0.8
PEER_LANGUAGE_WEIGHT: Final = 0.2  # the two weights add up to 1, as a score does
PEER_MINIMUM_SCORE: Final = 0.5

N_INFERRED_AREAS: Final = 1  # of the areas read out of a text: an aside is no ground for a joint request


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerNeed:
    """One State's need, as far as peers are concerned.

    ``area_codes`` are codes in force, each once, in any order; ``position`` is the need's row among the texts.
    """

    need_id: str
    state: str
    area_codes: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meeting:
    """The needs that meet in one area, by State and id: those that name it, and those that name a part of it only."""

    area_code: str
    naming: tuple[PeerNeed, ...]
    within: tuple[PeerNeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two needs of two States, the first State by code first."""

    one: PeerNeed
    other: PeerNeed
    score: float


def peer_areas(reading: Reading) -> tuple[str, ...]:
    """Return the areas in which a need looks for peers: all that were stated or read, of inferred ones the surest.

    Parameters
    ----------
    reading
        The areas that a run works with, the surest first where they were inferred.

    Examples
    --------
    >>> stated = Reading(area_codes=("IRC.1", "GOV.1"), areas_basis=Basis.STATED, modes=(), modes_basis=Basis.STATED)
    >>> peer_areas(stated)
    ('IRC.1', 'GOV.1')
    >>> from dataclasses import replace
    >>> peer_areas(replace(stated, areas_basis=Basis.INFERRED))
    ('IRC.1',)
    """
    return reading.area_codes[:N_INFERRED_AREAS] if reading.areas_basis is Basis.INFERRED else reading.area_codes


def propose_peer_tandems(
    needs: Sequence[PeerNeed],
    vectors: TextVectors,
    reference: Reference,
    *,
    taken: Mapping[str, frozenset[str]],
) -> list[Tandem]:
    """Return pairs of States of different groups with like needs, at the best total of each area.

    Two needs meet in every area that both name, in whatever order. Where one names a top-level area and the other a
    subtopic of it, they meet in the top-level area, after the peers within subtopics are found: a State that is in a
    tandem of the subtopic by then is looked after. Two subtopics do not meet.

    Parameters
    ----------
    needs
        In any order. One that names no area meets nobody: there is no area to file in.
    vectors
        The texts of all needs, by ``position``.
    reference
        The States with their groups and languages, and the areas.
    taken
        By area, the States that are in a tandem already.

    Returns
    -------
    list of Tandem
        By area and first State. A State is in at most one tandem of an area, and neither of the two leads. The score,
        in [``PEER_MINIMUM_SCORE``, 1], says how alike the texts are and whether the States share a language.

    References
    ----------
    A/78/76, Italy (joint requests across regions). Galil (1986), ACM Computing Surveys 18(1), 23-38; solved with the
    blossom algorithm of rustworkx.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from matching.reference import Area, Background, State
    >>> group_by_state = {"FJI": "APG", "KEN": "AFR"}
    >>> states = {code: State(code=code, names={}, languages=("en",)) for code in group_by_state}
    >>> reference = Reference(
    ...     geography=Geography(state_by_code=states, members_by_token={}, group_by_state=group_by_state),
    ...     taxonomy=Taxonomy(release="1", area_by_code={"GOV": Area(code="GOV", parent=None, titles={})}),
    ...     background=Background(name="none", n_texts=1, document_frequency={}),
    ... )
    >>> needs = [
    ...     PeerNeed(need_id=f"N{at}", state=state, area_codes=("GOV",), position=at) for at, state in enumerate(states)
    ... ]
    >>> words = sp.csr_matrix(np.array([[1.0, 0.0], [0.6, 0.8]]))
    >>> tandems = propose_peer_tandems(needs, TextVectors(words=words, spread=words), reference, taken={})
    >>> [(item.lead, item.partners, item.score) for item in tandems]
    [('FJI', ('KEN',), 1.0)]
    """
    needs_by_area = _by_area(needs)
    states_by_area = dict(taken)
    tandems: list[Tandem] = []
    for area in _meeting_areas(needs_by_area, reference.taxonomy):
        meeting = _meeting(area, needs_by_area, reference.taxonomy, states_by_area=states_by_area)
        found = _peer_pairs(meeting, vectors, reference.geography)
        paired = {state for tandem in found for state in (tandem.lead, *tandem.partners)}
        states_by_area[area] = states_by_area.get(area, frozenset()) | paired
        tandems.extend(found)
    return sorted(tandems, key=lambda item: (item.area_code, item.lead))


def _by_area(needs: Sequence[PeerNeed]) -> dict[str, list[PeerNeed]]:
    """Return the needs that name each area, by State and id."""
    needs_by_area: dict[str, list[PeerNeed]] = {}
    for need in sorted(needs, key=lambda item: (item.state, item.need_id)):
        for code in need.area_codes:
            needs_by_area.setdefault(code, []).append(need)
    return needs_by_area


def _meeting_areas(codes: Iterable[str], taxonomy: Taxonomy) -> list[str]:
    """Return the areas in which somebody may meet, subtopics before the top-level areas above them."""
    return sorted(codes, key=lambda code: (taxonomy.area_by_code[code].parent is None, code))


def _meeting(
    area: str,
    needs_by_area: Mapping[str, Sequence[PeerNeed]],
    taxonomy: Taxonomy,
    *,
    states_by_area: Mapping[str, frozenset[str]],
) -> _Meeting:
    """Return the needs that meet in an area, without those whose State is in a tandem of the area that they name."""
    here = states_by_area.get(area, frozenset())
    naming = [need for need in needs_by_area[area] if need.state not in here]
    within = {
        need.position: need
        for code, needs in needs_by_area.items()
        if code != area and taxonomy.area_by_code[code].top_code == area
        for need in needs
        if area not in need.area_codes and need.state not in here | states_by_area.get(code, frozenset())
    }
    return _Meeting(
        area_code=area,
        naming=tuple(naming),
        within=tuple(sorted(within.values(), key=lambda item: (item.state, item.need_id))),
    )


def _peer_pairs(meeting: _Meeting, vectors: TextVectors, geography: Geography) -> list[Tandem]:
    best = _best_needs(meeting, vectors, geography)
    states = sorted({state for pair in best for state in pair})
    graph: rustworkx.PyGraph[str, float] = rustworkx.PyGraph(multigraph=False)
    node = dict(zip(states, graph.add_nodes_from(states), strict=True))
    graph.add_edges_from([(node[one], node[other], best[one, other].score) for one, other in sorted(best)])
    chosen = rustworkx.max_weight_matching(graph, weight_fn=lambda score: round(score * 1e6))
    pairs = sorted(tuple(sorted((graph[one], graph[other]))) for one, other in chosen)
    return [_peer_tandem(best[one, other], area_code=meeting.area_code, geography=geography) for one, other in pairs]


def _best_needs(meeting: _Meeting, vectors: TextVectors, geography: Geography) -> dict[tuple[str, str], _Pair]:
    """Return for each two States that may pair their two needs that are most alike, if they are alike enough."""
    needs = [*meeting.naming, *meeting.within]
    states = sorted({need.state for need in needs})
    shares_language = _shared_languages(states, geography)
    place = {state: at for at, state in enumerate(states)}
    place_of = np.array([place[need.state] for need in needs], dtype=np.int64)
    texts = vectors.take(np.array([need.position for need in needs], dtype=np.int64))
    best: dict[tuple[str, str], _Pair] = {}
    # Both sides of a pair are needs, the first of which names the area itself: each block of these meets itself and
    # all that comes after it.
    for rows in split_into_blocks(np.arange(len(meeting.naming)), n_offers=len(needs)):
        columns = np.arange(rows.min(initial=len(needs)), len(needs))
        alike = likeness(texts.take(rows), texts.take(columns))
        language = shares_language[np.ix_(place_of[rows], place_of[columns])]
        scores = np.triu(rounded(PEER_TEXT_WEIGHT * alike + PEER_LANGUAGE_WEIGHT * language), k=1)
        for row, column in _best_by_states(scores, place_of[rows], place_of[columns]):
            one, other = sorted((needs[rows[row]], needs[columns[column]]), key=lambda need: need.state)
            score = round(float(scores[row, column]), DECIMALS)
            known = best.get((one.state, other.state))
            if may_pair(one.state, other.state, geography) and (known is None or score > known.score):
                best[one.state, other.state] = _Pair(one=one, other=other, score=score)
    return best


def _best_by_states(scores: Floats, row_places: Integers, column_places: Integers) -> list[tuple[int, int]]:
    """Return for each two States where their best score of a block stands, if it is high enough; of ties the first.

    Parameters
    ----------
    scores : shape (n_rows, n_columns)
    row_places : shape (n_rows,)
        The number of the State of each row.
    column_places : shape (n_columns,)
        The number of the State of each column.
    """
    rows, columns = np.nonzero(scores >= PEER_MINIMUM_SCORE)
    pair_of = row_places[rows] * (column_places.max(initial=0) + 1) + column_places[columns]
    order = np.lexsort((-scores[rows, columns], pair_of))
    is_first = np.diff(pair_of[order], prepend=-1) > 0
    return [(int(rows[at]), int(columns[at])) for at in order[is_first]]


def _shared_languages(states: Sequence[str], geography: Geography) -> Floats:
    """Return 1 where two States share a language, else 0; shape (n_states, n_states)."""
    spoken = [geography.state_by_code[state].languages for state in states]
    columns = sorted({language for languages in spoken for language in languages})
    speaks = indicator(spoken, columns)
    return np.minimum(speaks @ speaks.T, 1.0)


def _peer_tandem(pair: _Pair, *, area_code: str, geography: Geography) -> Tandem:
    message = N_("%(one)s (%(one_need)s) and %(other)s (%(other_need)s) ask for much the same and could file jointly.")
    values = {
        "one": geography.name(pair.one.state),
        "other": geography.name(pair.other.state),
        "one_need": pair.one.need_id,
        "other_need": pair.other.need_id,
    }
    return Tandem(
        area_code=area_code,
        lead=pair.one.state,
        partners=(pair.other.state,),
        kind=TandemKind.PEER,
        score=pair.score,
        reasons=(Sentence(message=message, values=values),),
    )
