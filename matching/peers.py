"""Peer tandems: States from different regional groups that ask for much the same and could file jointly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import rustworkx

from matching.arrays import DECIMALS, Floats, Integers, indicator, rounded
from matching.candidates import split_into_blocks
from matching.reference import Geography
from matching.results import Tandem
from matching.sentences import N_, Sentence
from matching.tandems import may_pair
from matching.text import TextVectors, likeness
from matching.vocabulary import TandemKind

PEER_TEXT_WEIGHT: Final = 0.8
PEER_LANGUAGE_WEIGHT: Final = 0.2
PEER_MINIMUM_SCORE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerNeed:
    """One State's need in one area, as far as peers are concerned."""

    need_id: str
    state: str
    area_code: str
    position: int


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
    states = sorted({need.state for need in needs})
    shares_language = _shared_languages(states, geography)
    place = {state: at for at, state in enumerate(states)}
    place_of = np.array([place[need.state] for need in needs], dtype=np.int64)
    texts = vectors.take(np.array([need.position for need in needs], dtype=np.int64))
    best: dict[tuple[str, str], tuple[float, PeerNeed, PeerNeed]] = {}
    # Both sides of a pair are needs here. Each block meets itself and what comes after it.
    for rows in split_into_blocks(np.arange(len(needs)), n_offers=len(needs)):
        columns = np.arange(rows[0], len(needs))
        alike = likeness(texts.take(rows), texts.take(columns))
        language = shares_language[np.ix_(place_of[rows], place_of[columns])]
        scores = np.triu(rounded(PEER_TEXT_WEIGHT * alike + PEER_LANGUAGE_WEIGHT * language), k=1)
        for row, column in _best_by_states(scores, place_of[rows], place_of[columns]):
            one, other, score = needs[rows[row]], needs[columns[column]], round(float(scores[row, column]), DECIMALS)
            known = best.get((one.state, other.state))
            if may_pair(one.state, other.state, geography) and (known is None or score > known[0]):
                best[one.state, other.state] = (score, one, other)
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
