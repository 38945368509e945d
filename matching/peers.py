"""Peer tandems: States from different regional groups that ask for much the same and could file jointly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

import numpy as np
import rustworkx

from matching.arrays import DECIMALS, NO_END, NO_START, Floats, Integers, indicator, ordinals, rounded
from matching.candidates import split_into_blocks
from matching.reference import Geography, Reference, Taxonomy
from matching.results import Reading, Tandem
from matching.sentences import N_, Sentence
from matching.tandems import may_pair
from matching.vectors import TextVectors, likeness
from matching.vocabulary import Basis, TandemKind

PEER_TEXT_WEIGHT: Final = 0.8
PEER_LANGUAGE_WEIGHT: Final = 0.2  # the two weights add up to 1, as a score does
PEER_MINIMUM_SCORE: Final = 0.6
"""Texts half alike with a shared language, or three quarters alike without: below, a call to both is hardly worth it."""

N_INFERRED_AREAS: Final = 1  # of the areas read out of a text: an aside is no ground for a joint request

_End = TypeVar("_End", int, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerNeed:
    """One State's need, as far as peers are concerned.

    ``area_codes`` are codes in force, each once, in any order; ``position`` is the need's row among the texts. Where
    ``languages`` are empty those of the State count; days that are ``None`` are open-ended.
    """

    need_id: str
    state: str
    area_codes: tuple[str, ...]
    position: int
    languages: tuple[str, ...] = ()
    earliest_on: date | None = None
    latest_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meeting:
    """The needs that meet in one area, by State and id: those that name it, and those that name a part of it only."""

    area_code: str
    naming: tuple[PeerNeed, ...]
    within: tuple[PeerNeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two needs of two States that meet in an area, the first State by code first."""

    area_code: str
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

    Two needs may meet in every area that both name, in whatever order, if their windows meet. Where one names a
    top-level area and the other a subtopic of it, they meet in the top-level area, after the peers within subtopics are
    found: a State that is in a tandem of the subtopic by then is looked after. Two subtopics do not meet.

    A need is filed once: where the areas find several tandems for it, those that share no need and have the best total
    count, and the other areas are paired again without these needs.

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
        By area and first State. A State is in at most one tandem of an area, a need in at most one at all, and neither
        of the two leads. ``need_ids`` are theirs, that of the first State first. The score,
        in [``PEER_MINIMUM_SCORE``, 1], says how alike the texts are and whether the States share a language.

    References
    ----------
    A/78/76, Italy (joint requests across regions). Galil (1986), ACM Computing Surveys 18(1), 23-38 (in rustworkx).

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from matching.reference import Area, Background, State
    >>> from matching.vectors import ReadySpread
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
    >>> tandems = propose_peer_tandems(needs, TextVectors(words=words, spread=ReadySpread(words)), reference, taken={})
    >>> [(item.lead, item.partners, item.score) for item in tandems]
    [('FJI', ('KEN',), 1.0)]
    """
    needs_by_area = _by_area(needs)
    states_by_area, filed = dict(taken), frozenset[int]()
    tandems: list[Tandem] = []
    for level in _levels(needs_by_area, reference.taxonomy):
        waiting = level
        while waiting:
            meetings = [
                _meeting(area, needs_by_area, reference.taxonomy, states_by_area=states_by_area, filed=filed)
                for area in waiting
            ]
            found = [pair for meeting in meetings for pair in _peer_pairs(meeting, vectors, reference.geography)]
            for pair in (kept := _best_apart(found)):
                filed |= {pair.one.position, pair.other.position}
                states = states_by_area.get(pair.area_code, frozenset())
                states_by_area[pair.area_code] = states | {pair.one.state, pair.other.state}
            tandems.extend(_peer_tandem(pair, reference.geography) for pair in kept)
            waiting = sorted({pair.area_code for pair in found if pair not in kept})
    return sorted(tandems, key=lambda item: (item.area_code, item.lead))


def _best_apart(found: Iterable[_Pair]) -> list[_Pair]:
    """Return those of some pairs that share no need and have the best total; of the same two needs the first by area."""
    best: dict[tuple[int, int], _Pair] = {}
    for pair in sorted(found, key=lambda item: (-item.score, item.area_code)):
        best.setdefault((pair.one.position, pair.other.position), pair)
    return [best[ends] for ends in _apart({ends: pair.score for ends, pair in best.items()})]


def _apart(score_by_ends: Mapping[tuple[_End, _End], float]) -> list[tuple[_End, _End]]:
    """Return those of some pairs of ends, in order, that share no end and have the best total."""
    ends = sorted({end for pair in score_by_ends for end in pair})
    graph: rustworkx.PyGraph[_End, float] = rustworkx.PyGraph(multigraph=False)
    node = dict(zip(ends, graph.add_nodes_from(ends), strict=True))
    graph.add_edges_from([(node[one], node[other], score_by_ends[one, other]) for one, other in sorted(score_by_ends)])
    chosen = rustworkx.max_weight_matching(graph, weight_fn=lambda score: round(score * 1e6))
    found = {frozenset((graph[one], graph[other])) for one, other in chosen}
    return [pair for pair in sorted(score_by_ends) if frozenset(pair) in found]


def _by_area(needs: Sequence[PeerNeed]) -> dict[str, list[PeerNeed]]:
    """Return the needs that name each area, by State and id."""
    needs_by_area: dict[str, list[PeerNeed]] = {}
    for need in sorted(needs, key=lambda item: (item.state, item.need_id)):
        for code in need.area_codes:
            needs_by_area.setdefault(code, []).append(need)
    return needs_by_area


def _levels(codes: Iterable[str], taxonomy: Taxonomy) -> tuple[list[str], list[str]]:
    """Return the subtopics in which somebody may meet, and the top-level areas, which come after them."""
    is_top = {code: taxonomy.area_by_code[code].parent is None for code in sorted(codes)}
    return [code for code, top in is_top.items() if not top], [code for code, top in is_top.items() if top]


def _meeting(
    area: str,
    needs_by_area: Mapping[str, Sequence[PeerNeed]],
    taxonomy: Taxonomy,
    *,
    states_by_area: Mapping[str, frozenset[str]],
    filed: frozenset[int],
) -> _Meeting:
    """Return the needs that meet in an area, without those filed and those whose State has a tandem in their area."""
    here = states_by_area.get(area, frozenset())
    naming = [need for need in needs_by_area[area] if need.state not in here and need.position not in filed]
    within = {
        need.position: need
        for code, needs in needs_by_area.items()
        if code != area and taxonomy.area_by_code[code].top_code == area
        for need in needs
        if area not in need.area_codes and need.position not in filed
        if need.state not in here | states_by_area.get(code, frozenset())
    }
    return _Meeting(
        area_code=area,
        naming=tuple(naming),
        within=tuple(sorted(within.values(), key=lambda item: (item.state, item.need_id))),
    )


def _peer_pairs(meeting: _Meeting, vectors: TextVectors, geography: Geography) -> list[_Pair]:
    best = _best_needs(meeting, vectors, geography)
    return [best[ends] for ends in _apart({ends: pair.score for ends, pair in best.items()})]


def _best_needs(meeting: _Meeting, vectors: TextVectors, geography: Geography) -> dict[tuple[str, str], _Pair]:
    """Return for each two States that may pair their two needs that are most alike, if they are alike enough."""
    needs = [*meeting.naming, *meeting.within]
    place = {state: at for at, state in enumerate(sorted({need.state for need in needs}))}
    place_of = np.array([place[need.state] for need in needs], dtype=np.int64)
    speaks = _spoken(needs, geography)
    start = ordinals((need.earliest_on for need in needs), absent=NO_START)
    end = ordinals((need.latest_on for need in needs), absent=NO_END)
    texts = vectors.take(np.array([need.position for need in needs], dtype=np.int64))
    best: dict[tuple[str, str], _Pair] = {}
    # Both sides of a pair are needs, the first of which names the area itself: each block of these meets itself and
    # all that comes after it.
    for rows in split_into_blocks(np.arange(len(meeting.naming)), n_offers=len(needs)):
        columns = np.arange(rows.min(initial=len(needs)), len(needs))
        alike = likeness(texts.take(rows), texts.take(columns))
        language = np.minimum(speaks[rows] @ speaks[columns].T, 1.0)
        do_windows_meet = np.maximum.outer(start[rows], start[columns]) <= np.minimum.outer(end[rows], end[columns])
        scores = rounded(PEER_TEXT_WEIGHT * alike + PEER_LANGUAGE_WEIGHT * language)
        scores = np.triu(np.where(do_windows_meet, scores, 0.0), k=1)
        for row, column in _best_by_states(scores, place_of[rows], place_of[columns]):
            one, other = sorted((needs[rows[row]], needs[columns[column]]), key=lambda need: need.state)
            score = round(float(scores[row, column]), DECIMALS)
            known = best.get((one.state, other.state))
            if may_pair(one.state, other.state, geography) and (known is None or score > known.score):
                pair = _Pair(area_code=meeting.area_code, one=one, other=other, score=score)
                best[one.state, other.state] = pair
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


def _spoken(needs: Sequence[PeerNeed], geography: Geography) -> Floats:
    """Return which languages each need can be served in, its own before those of its State; shape (n_needs, n)."""
    spoken = [need.languages or geography.state_by_code[need.state].languages for need in needs]
    return indicator(spoken, sorted({language for languages in spoken for language in languages}))


def _peer_tandem(pair: _Pair, geography: Geography) -> Tandem:
    message = N_("%(one)s (%(one_need)s) and %(other)s (%(other_need)s) ask for much the same and could file jointly.")
    values = {
        "one": geography.name(pair.one.state),
        "other": geography.name(pair.other.state),
        "one_need": pair.one.need_id,
        "other_need": pair.other.need_id,
    }
    return Tandem(
        area_code=pair.area_code,
        lead=pair.one.state,
        partners=(pair.other.state,),
        kind=TandemKind.PEER,
        score=pair.score,
        reasons=(Sentence(message=message, values=values),),
        need_ids=(pair.one.need_id, pair.other.need_id),
    )
