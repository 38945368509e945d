"""Tandems keep their hard rules always, and are the best there is on cases small enough to try them all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from random import Random

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import matching.candidates
import matching.peers
from matching.arrays import Floats
from matching.engine import run
from matching.peers import PeerNeed, propose_peer_tandems
from matching.records import Need, TandemCandidate
from matching.results import Tandem
from matching.tandems import may_pair, propose_led_tandems, resolve_candidates
from matching.vectors import ReadySpread, TextVectors, likeness
from matching.vocabulary import Basis, Mode, TandemKind, TandemRole, Visibility
from tests.matching.worlds import (
    GROUPS,
    LANGUAGES,
    TODAY,
    make_candidate,
    make_geography,
    make_need,
    make_pool,
    make_profile,
    make_reference,
    make_taxonomy,
)

GEOGRAPHY = make_geography()


@st.composite
def volunteers(draw: st.DrawFn, area_code: str) -> list[TandemCandidate]:
    states = draw(st.lists(st.sampled_from(sorted(LANGUAGES)), unique=True, max_size=6))
    return [
        make_candidate(
            state,
            area_code=area_code,
            capacity_level=draw(st.integers(0, 5)),
            role=draw(st.sampled_from(list(TandemRole))),
            max_partners=draw(st.integers(1, 3)),
        )
        for state in states
    ]


@st.composite
def needs_of_all_kinds(draw: st.DrawFn) -> list[Need]:
    states = draw(st.lists(st.sampled_from(sorted(LANGUAGES)), max_size=8))
    areas = st.lists(st.sampled_from(["GOV", "GOV.1", "IRC", "IRC.1", "IRC.2"]), unique=True, max_size=3)
    titles = st.sampled_from(["Support with a cybersecurity strategy", "A national CSIRT", "Cybercrime training"])
    return [
        make_need(f"N{at}", states=(state,), title=draw(titles), area_codes=tuple(draw(areas)))
        for at, state in enumerate(states)
    ]


def peers_of(*needs: Need) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the area and States of each peer tandem that a run finds."""
    tandems = run(make_pool(*needs), make_reference(), make_profile(), as_of_on=TODAY).tandems
    return [(item.area_code, item.lead, item.partners) for item in tandems if item.kind is TandemKind.PEER]


def made_vectors(chance: np.random.Generator, *, n_texts: int) -> TextVectors:
    """Return texts of a few words each out of few, so that some are alike and some are not."""
    weights = (chance.random((n_texts, 12)) < 0.2) * chance.random((n_texts, 12))
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    words = sp.csr_matrix(np.divide(weights, lengths, out=np.zeros_like(weights), where=lengths > 0))
    return TextVectors(words=words, spread=ReadySpread(words))


def made_peer_needs(seed: int, *, n_needs: int) -> tuple[list[PeerNeed], TextVectors]:
    """Return needs of one area by made-up States, and their texts."""
    chance = np.random.default_rng(seed)
    states = chance.choice(sorted(LANGUAGES), n_needs)
    needs = [
        PeerNeed(need_id=f"N{at:02d}", state=str(state), area_codes=("GOV.1",), position=at)
        for at, state in enumerate(states)
    ]
    return needs, made_vectors(chance, n_texts=n_needs)


def pairs_of(tandems: list[Tandem]) -> list[tuple[str, str]]:
    return [(tandem.lead, partner) for tandem in tandems for partner in tandem.partners]


def is_allowed(chosen: list[tuple[TandemCandidate, TandemCandidate]]) -> bool:
    """Check the hard rules of a set of (lead, partner) pairs as they are written, one by one."""
    leads = [lead.state for lead, _ in chosen]
    partners = [partner.state for _, partner in chosen]
    return (
        len(partners) == len(set(partners))
        and not set(leads) & set(partners)
        and all(leads.count(lead.state) <= lead.max_partners for lead, _ in chosen)
        and all(lead.capacity_level > partner.capacity_level for lead, partner in chosen)
        and all(lead.role is not TandemRole.PARTNER for lead, _ in chosen)
        and all(partner.role is not TandemRole.LEAD for _, partner in chosen)
        and all(lead.state in GROUPS and partner.state in GROUPS for lead, partner in chosen)
        and all(GROUPS[lead.state] != GROUPS[partner.state] for lead, partner in chosen)
    )


def worth_of(lead: TandemCandidate, partner: TandemCandidate, candidates: list[TandemCandidate]) -> float:
    """Return a pair's score as it is documented: language, distance of levels, and a return in another area."""
    is_shared = bool(set(LANGUAGES[lead.state]) & set(LANGUAGES[partner.state]))
    n_levels = min(lead.capacity_level - partner.capacity_level, 3)
    gives_back = any(
        item.state == partner.state and item.area_code != lead.area_code and item.role is not TandemRole.PARTNER
        for item in candidates
    )
    return 0.4 * is_shared + 0.4 * n_levels / 3 + 0.2 * gives_back


def possible_sets(candidates: list[TandemCandidate], area_code: str) -> dict[frozenset[str], tuple[int, float]]:
    """Try every set of pairs of one area: the most places and then the highest sum of scores of each set of States."""
    pairs = [
        (lead, partner)
        for lead in candidates
        for partner in candidates
        if lead.area_code == partner.area_code == area_code and is_allowed([(lead, partner)])
    ]
    best: dict[frozenset[str], tuple[int, float]] = {}
    for size in range(len(LANGUAGES)):
        for chosen in combinations(pairs, size):
            if is_allowed(list(chosen)):
                states = frozenset(item.state for pair in chosen for item in pair)
                total = sum(worth_of(lead, partner, candidates) for lead, partner in chosen)
                best[states] = max(best.get(states, (0, 0.0)), (len(states), total))
    return best


def best_worth(candidates: list[TandemCandidate]) -> tuple[int, int, float]:
    """Return the most States with a tandem, then the most places, then the highest sum of scores, over both areas."""
    here, elsewhere = (possible_sets(candidates, code) for code in ("GOV.1", "IRC.1"))
    return max(
        (len(states | others), n_places + n_others, round(total + other_total, 4))
        for states, (n_places, total) in here.items()
        for others, (n_others, other_total) in elsewhere.items()
    )


def worth_of_tandems(tandems: list[Tandem]) -> tuple[int, int, float]:
    places = [(tandem.area_code, state) for tandem in tandems for state in (tandem.lead, *tandem.partners)]
    total = sum(tandem.score * len(tandem.partners) for tandem in tandems)
    return len({state for _, state in places}), len(places), round(total, 4)


def random_volunteers(seed: int) -> list[TandemCandidate]:
    """Return volunteers in two areas with every role, several partners, and ties; the same for the same seed."""
    chance = np.random.default_rng(seed)
    roles = [TandemRole.EITHER, *TandemRole]
    return [
        make_candidate(
            state,
            area_code=area_code,
            capacity_level=int(chance.integers(0, 4)),
            role=roles[chance.integers(len(roles))],
            max_partners=int(chance.integers(1, 4)),
        )
        for area_code in ("GOV.1", "IRC.1")
        for state in chance.choice(sorted(LANGUAGES), size=chance.integers(2, 7), replace=False).tolist()
    ]


@pytest.mark.parametrize("first_seed", range(0, 600, 50))
def test_led_tandems_are_the_best_of_all_that_can_be_filed(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 50):
        candidates = random_volunteers(seed)
        standing = {(item.area_code, item.state): item for item in candidates}

        tandems = propose_led_tandems(candidates, GEOGRAPHY)

        for area_code in ("GOV.1", "IRC.1"):
            filed = pairs_of([tandem for tandem in tandems if tandem.area_code == area_code])
            assert is_allowed([(standing[area_code, lead], standing[area_code, partner]) for lead, partner in filed])
        assert worth_of_tandems(tandems) == best_worth(candidates), seed


def test_who_has_no_partner_in_any_area_comes_before_a_better_score() -> None:
    """Each area was served for itself: XAA led twice and shared its language, XAB had nobody."""
    lead = make_candidate("XBB", capacity_level=5, role=TandemRole.LEAD, languages=("fr",))
    french = make_candidate("XAA", capacity_level=1, role=TandemRole.PARTNER)
    other = make_candidate("XAB", capacity_level=1, role=TandemRole.PARTNER, languages=("en",))
    elsewhere = [
        make_candidate("XCA", area_code="IRC.1", capacity_level=5, role=TandemRole.LEAD),
        make_candidate("XAA", area_code="IRC.1", capacity_level=1, role=TandemRole.PARTNER),
    ]

    alone = propose_led_tandems([lead, french, other], GEOGRAPHY)
    together = propose_led_tandems([lead, french, other, *elsewhere], GEOGRAPHY)

    assert pairs_of(alone) == [("XBB", "XAA")]
    assert pairs_of(together) == [("XBB", "XAB"), ("XCA", "XAA")]


def test_a_further_state_counts_more_than_a_better_score() -> None:
    """The best pair alone, XCA with the French speaker, would leave one State without a partner."""
    best = make_candidate("XCA", capacity_level=5, role=TandemRole.LEAD, languages=("fr",))
    other = make_candidate("XBA", capacity_level=2, role=TandemRole.LEAD)
    wanted = make_candidate("XAA", capacity_level=1, role=TandemRole.PARTNER)
    bound = make_candidate("XBB", capacity_level=4, role=TandemRole.PARTNER)

    tandems = propose_led_tandems([best, other, wanted, bound], GEOGRAPHY)

    assert pairs_of(tandems) == [("XBA", "XAA"), ("XCA", "XBB")]


def test_a_lead_takes_several_partners_up_to_what_it_declared() -> None:
    lead = make_candidate("XCA", capacity_level=5, role=TandemRole.LEAD, max_partners=2)
    partners = [make_candidate(state, capacity_level=1, role=TandemRole.PARTNER) for state in ("XAA", "XAB", "XBA")]

    tandems = propose_led_tandems([lead, *partners], GEOGRAPHY)

    assert [tandem.lead for tandem in tandems] == ["XCA"]
    assert len(tandems[0].partners) == 2
    assert tandems[0].partners == tuple(sorted(tandems[0].partners))


def test_equal_levels_make_no_tandem() -> None:
    assert propose_led_tandems([make_candidate("XAA"), make_candidate("XBA")], GEOGRAPHY) == []


def test_states_of_one_group_make_no_tandem() -> None:
    candidates = [make_candidate("XAA", capacity_level=5), make_candidate("XAB", capacity_level=1)]

    assert propose_led_tandems(candidates, GEOGRAPHY) == []


def test_a_state_without_a_group_takes_no_part() -> None:
    candidates = [make_candidate("XZZ", capacity_level=5), make_candidate("XAB", capacity_level=1)]

    assert propose_led_tandems(candidates, GEOGRAPHY) == []
    assert not may_pair("XZZ", "XAB", GEOGRAPHY)


def test_a_shared_language_decides_between_two_leads() -> None:
    partner = make_candidate("XAB", capacity_level=1, role=TandemRole.PARTNER)
    leads = [make_candidate(state, capacity_level=4, role=TandemRole.LEAD) for state in ("XBA", "XBB", "XCA")]

    tandems = propose_led_tandems([partner, *leads], GEOGRAPHY)

    assert pairs_of(tandems) == [("XBA", "XAB")]
    assert "share en" in " ".join(map(str, tandems[0].reasons))


def test_a_partner_that_leads_in_another_area_adds_a_fifth_to_the_score() -> None:
    lead = make_candidate("XCA", capacity_level=4, role=TandemRole.LEAD)
    partner = make_candidate("XAB", capacity_level=1, role=TandemRole.PARTNER)
    elsewhere = make_candidate("XAB", area_code="IRC.1", role=TandemRole.LEAD)

    plain = propose_led_tandems([lead, partner], GEOGRAPHY)
    mutual = propose_led_tandems([lead, partner, elsewhere], GEOGRAPHY)

    assert [tandem.score for tandem in plain] == [0.4]
    assert [tandem.score for tandem in mutual] == [0.6]
    assert str(mutual[0].reasons[-1]) == "State XAB volunteers to lead in another area."


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(make_candidate("XAB", area_code="IRC.1", role=TandemRole.PARTNER), id="it follows elsewhere too"),
        pytest.param(make_candidate("XAA", area_code="IRC.1", role=TandemRole.LEAD), id="another leads elsewhere"),
        pytest.param(make_candidate("XCA", area_code="IRC.1", role=TandemRole.LEAD), id="the lead leads elsewhere too"),
    ],
)
def test_nothing_else_in_another_area_is_given_back(other: TandemCandidate) -> None:
    lead = make_candidate("XCA", capacity_level=4, role=TandemRole.LEAD)
    partner = make_candidate("XAB", capacity_level=1, role=TandemRole.PARTNER)

    tandems = propose_led_tandems([lead, partner, other], GEOGRAPHY)

    assert [tandem.score for tandem in tandems] == [0.4]


def test_a_partner_that_may_lead_in_the_same_area_only_gives_nothing_back() -> None:
    lead = make_candidate("XCA", capacity_level=4, role=TandemRole.LEAD)
    partner = make_candidate("XAB", capacity_level=1, role=TandemRole.EITHER)

    tandems = propose_led_tandems([lead, partner], GEOGRAPHY)

    assert [tandem.score for tandem in tandems] == [0.4]


def test_a_tandem_scores_the_mean_of_its_partners() -> None:
    lead = make_candidate("XCA", capacity_level=4, role=TandemRole.LEAD, max_partners=2, languages=("fr",))
    french = make_candidate("XAA", capacity_level=1, role=TandemRole.PARTNER)
    english = make_candidate("XBA", capacity_level=1, role=TandemRole.PARTNER)

    tandems = propose_led_tandems([lead, french, english], GEOGRAPHY)

    # 0.8 for three levels and French, 0.4 for three levels alone.
    assert [(tandem.partners, tandem.score) for tandem in tandems] == [(("XAA", "XBA"), 0.6)]


def test_more_than_three_levels_between_two_states_count_as_three() -> None:
    candidates = [make_candidate("XCA", capacity_level=5), make_candidate("XAB", capacity_level=0)]

    tandems = propose_led_tandems(candidates, GEOGRAPHY)

    assert [tandem.score for tandem in tandems] == [0.4]


def test_the_order_of_the_volunteers_changes_nothing() -> None:
    chance = np.random.default_rng(1)
    candidates = [
        make_candidate(state, area_code=area, capacity_level=int(chance.integers(0, 6)))
        for state in sorted(GROUPS)
        for area in ("GOV.1", "IRC.1")
    ]

    assert propose_led_tandems(candidates, GEOGRAPHY) == propose_led_tandems(candidates[::-1], GEOGRAPHY)


@pytest.mark.parametrize("order", [1, -1], ids=["old code first", "new code first"])
def test_a_state_under_a_retired_code_and_its_successor_is_in_one_tandem(order: int) -> None:
    """The codes were resolved after the intake had looked for doubles: XAB followed two leads in one area."""
    leads = [make_candidate(state, capacity_level=5, role=TandemRole.LEAD) for state in ("XBA", "XCA")]
    followers = [make_candidate("XAB", area_code=code, capacity_level=1) for code in ("GOV.9", "GOV.1")]

    pool = make_pool(*leads, *followers[::order])
    tandems = run(pool, make_reference(), make_profile(), as_of_on=TODAY).tandems

    assert [(item.area_code, item.lead, item.partners) for item in tandems] == [("GOV.1", "XBA", ("XAB",))]


@pytest.mark.parametrize("order", [1, -1], ids=["old code first", "new code first"])
def test_of_a_retired_code_and_its_successor_the_successor_counts(order: int) -> None:
    candidates = [
        make_candidate("XAB", area_code="GOV.9", capacity_level=1),
        make_candidate("XAB", area_code="GOV.1", capacity_level=4),
    ]

    resolved = resolve_candidates(candidates[::order], make_taxonomy())

    assert resolved == [make_candidate("XAB", area_code="GOV.1", capacity_level=4)]


def test_states_of_different_groups_with_like_needs_are_proposed_as_peers() -> None:
    needs = [make_need("N1", states=("XAB",)), make_need("N2", states=("XBA",)), make_need("N3", states=("XAA",))]

    tandems = run(make_pool(*needs), make_reference(), make_profile(), as_of_on=TODAY).tandems

    assert [(item.kind, item.lead, item.partners) for item in tandems] == [(TandemKind.PEER, "XAB", ("XBA",))]


def test_a_state_in_a_led_tandem_is_no_peer_in_the_same_area() -> None:
    needs = [make_need("N1", states=("XAB",)), make_need("N2", states=("XBA",))]
    volunteers = [make_candidate("XCA", capacity_level=5), make_candidate("XAB", capacity_level=1)]

    tandems = run(make_pool(*needs, *volunteers), make_reference(), make_profile(), as_of_on=TODAY).tandems

    assert [(item.kind, item.lead, item.partners) for item in tandems] == [(TandemKind.LEAD, "XCA", ("XAB",))]


@settings(max_examples=40, deadline=None)
@given(needs_of_all_kinds(), st.tuples(*map(volunteers, ("GOV.1", "GOV.9", "IRC.1"))))
def test_the_hard_rules_hold_for_every_tandem_of_a_run(
    needs: list[Need], volunteers_by_area: tuple[list[TandemCandidate], ...]
) -> None:
    candidates = [candidate for of_area in volunteers_by_area for candidate in of_area]
    standing = {(item.area_code, item.state): item for item in resolve_candidates(candidates, make_taxonomy())}

    tandems = run(make_pool(*needs, *candidates), make_reference(), make_profile(), as_of_on=TODAY).tandems

    places = [(item.area_code, state) for item in tandems for state in (item.lead, *item.partners)]
    assert len(places) == len(set(places))
    assert all(state in GROUPS for _, state in places)
    assert all(GROUPS[item.lead] != GROUPS[partner] for item in tandems for partner in item.partners)
    assert all(0 <= item.score <= 1 for item in tandems)
    filed = [need_id for item in tandems for need_id in item.need_ids]
    assert len(filed) == len(set(filed))
    for tandem in tandems:
        if tandem.kind is TandemKind.LEAD:
            lead = standing[tandem.area_code, tandem.lead]
            levels = [standing[tandem.area_code, partner].capacity_level for partner in tandem.partners]
            assert len(levels) <= lead.max_partners
            assert max(levels) < lead.capacity_level


@settings(max_examples=20, deadline=None)
@given(needs_of_all_kinds(), st.randoms(use_true_random=False))
def test_the_order_of_needs_and_of_their_areas_changes_no_peers(needs: list[Need], chance: Random) -> None:
    shuffled = [replace(need, area_codes=need.area_codes[::-1]) for need in needs]
    chance.shuffle(shuffled)

    assert peers_of(*shuffled) == peers_of(*needs)


def peer_score(one: PeerNeed, other: PeerNeed, vectors: TextVectors) -> float:
    """Return two needs' score as it is documented, or 0 where they may not pair."""
    if not may_pair(one.state, other.state, GEOGRAPHY):
        return 0.0
    texts = likeness(vectors.take(np.array([one.position])), vectors.take(np.array([other.position])))
    is_shared = bool(set(LANGUAGES[one.state]) & set(LANGUAGES[other.state]))
    score = round(0.8 * float(texts[0, 0]) + 0.2 * is_shared, 6)
    return score if score >= 0.6 else 0.0


def best_peer_total(states: list[str], best: dict[tuple[str, str], float]) -> float:
    """Try for the first State everybody and nobody, and so on for those who are left."""
    if len(states) < 2:
        return 0.0
    first, *rest = states
    paired = [best[first, other] + best_peer_total([state for state in rest if state != other], best) for other in rest]
    return max([best_peer_total(rest, best), *paired])


@pytest.mark.parametrize("seed", range(300))
def test_peers_are_the_best_there_are(seed: int) -> None:
    needs, vectors = made_peer_needs(seed, n_needs=7)
    states = sorted(LANGUAGES)
    best = {
        (first, second): max(
            (
                peer_score(one, other, vectors)
                for one in needs
                for other in needs
                if (one.state, other.state) == (first, second)
            ),
            default=0.0,
        )
        for first, second in combinations(states, 2)
    }

    tandems = propose_peer_tandems(needs, vectors, make_reference(), taken={})

    assert [item.score for item in tandems] == [best[item.lead, item.partners[0]] for item in tandems]
    assert round(sum(item.score for item in tandems), 5) == round(best_peer_total(states, best), 5)


def peers_at(cosine: float, *states: str) -> list[Tandem]:
    """Return the peers among two needs whose texts stand at an angle of so high a cosine."""
    needs = [
        PeerNeed(need_id=f"N{at}", state=state, area_codes=("GOV.1",), position=at) for at, state in enumerate(states)
    ]
    words = sp.csr_matrix(np.array([[1.0, 0.0], [cosine, np.sqrt(1 - cosine**2)]]))
    return propose_peer_tandems(needs, TextVectors(words=words, spread=ReadySpread(words)), make_reference(), taken={})


# The likeness of texts is the square root of cosine / 0.6, and counts 0.8; a shared language counts 0.2.
@pytest.mark.parametrize(
    ("cosine", "states", "scores"),
    [
        pytest.param(0.3375, ("XAA", "XCA"), [0.6], id="at the minimum"),
        pytest.param(0.337499, ("XAA", "XCA"), [], id="just below the minimum"),
        pytest.param(0.15, ("XAB", "XBA"), [0.6], id="at the minimum by a shared language"),
        pytest.param(0.149999, ("XAB", "XBA"), [], id="just below the minimum with a shared language"),
        pytest.param(0.6, ("XAA", "XCA"), [0.8], id="alike without a shared language"),
        pytest.param(1.0, ("XAB", "XBA"), [1.0], id="alike in a shared language"),
        pytest.param(1.0, ("XAA", "XAB"), [], id="alike in one group"),
        pytest.param(1.0, ("XZZ", "XAB"), [], id="alike but without a group"),
    ],
)
def test_peers_need_texts_and_languages_that_are_alike_enough(
    cosine: float, states: tuple[str, str], scores: list[float]
) -> None:
    assert [tandem.score for tandem in peers_at(cosine, *states)] == scores


def test_a_closed_need_is_nobodys_peer() -> None:
    one = make_need("N1", states=("XAB",))
    closed = make_need("N2", states=("XBA",), latest_on=TODAY - timedelta(days=1))
    closing = replace(closed, latest_on=TODAY)

    assert peers_of(one, closed) == []
    assert peers_of(one, closing) == [("GOV.1", "XAB", ("XBA",))]


def test_a_joint_need_has_found_its_peers() -> None:
    assert peers_of(make_need("N1", states=("XAB",)), make_need("N2", states=("XBA", "XCA"))) == []


def test_a_peer_tandem_names_the_two_needs_that_are_most_alike() -> None:
    one = make_need("N1", states=("XBA",))
    far = make_need("N2", states=("XAB",), title="Training for the press on cybersecurity", description="")
    near = make_need("N3", states=("XAB",))

    tandems = run(make_pool(one, far, near), make_reference(), make_profile(), as_of_on=TODAY).tandems

    told = "State XAB (N3) and State XBA (N1) ask for much the same and could file jointly."
    assert [str(reason) for tandem in tandems for reason in tandem.reasons] == [told]


def peers_in_blocks(needs: list[PeerNeed], vectors: TextVectors, *, n_cells: int) -> tuple[list[Tandem], int]:
    """Return the peers found in blocks of so many pairs, and how many pairs the largest block held."""
    held: list[int] = []

    def watched(one: TextVectors, other: TextVectors) -> Floats:
        found = likeness(one, other)
        held.append(found.size)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching.candidates, "BLOCK_CELLS", n_cells)
        patch.setattr(matching.peers, "likeness", watched)
        return propose_peer_tandems(needs, vectors, make_reference(), taken={}), max(held)


@pytest.mark.parametrize("seed", range(5))
def test_peers_are_the_same_whatever_fits_into_memory(seed: int) -> None:
    """All pairs of an area were held at once: three thousand needs of one area took half a gigabyte."""
    needs, vectors = made_peer_needs(seed, n_needs=40)

    at_once, n_held_at_once = peers_in_blocks(needs, vectors, n_cells=1_000_000)
    in_blocks, n_held_in_blocks = peers_in_blocks(needs, vectors, n_cells=130)

    assert in_blocks == at_once
    assert len(at_once) == 2
    assert (n_held_at_once, n_held_in_blocks) == (1600, 120)


def test_peers_meet_in_whatever_order_they_name_their_areas() -> None:
    """Only the first area of a need counted: word for word the same need of another State was no peer."""
    one = make_need("N1", states=("XAB",), area_codes=("IRC.1", "GOV.1"))
    other = make_need("N2", states=("XBA",), area_codes=("GOV.1", "IRC.1"))

    assert peers_of(one, other) == [("GOV.1", "XAB", ("XBA",))]


def test_a_need_is_filed_once_with_whom_it_fits_best() -> None:
    """A need of several areas stood in a tandem of each: its State would have been asked as often."""
    title = "A national strategy against cybercrime"
    need = make_need("N1", states=("XAB",), area_codes=("GOV.1", "IRC.1"), title=title, description="")
    alike = make_need("N2", states=("XBA",), area_codes=("IRC.1",), title=title, description="")
    less = make_need("N3", states=("XCA",), area_codes=("GOV.1",), title=f"{title} and workshops", description="")

    assert peers_of(need, less) == [("GOV.1", "XAB", ("XCA",))]
    assert peers_of(need, less, alike) == [("IRC.1", "XAB", ("XBA",))]


def test_an_area_is_paired_again_without_the_need_that_is_filed_elsewhere() -> None:
    same = {"title": "A national strategy against cybercrime", "description": ""}
    need = make_need("N1", states=("XAB",), area_codes=("GOV.1", "CRI"), **same)
    alike = make_need("N2", states=("XBA",), area_codes=("CRI",), **same)
    left = make_need("N3", states=("XCA",), area_codes=("GOV.1",), **same, languages=("fr",))
    other = make_need("N4", states=("XAA",), area_codes=("GOV.1",), **same)

    assert peers_of(need, alike, left, other) == [("CRI", "XAB", ("XBA",)), ("GOV.1", "XAA", ("XCA",))]


def test_needs_whose_windows_do_not_meet_are_not_filed_together() -> None:
    one = make_need("N1", states=("XAB",), latest_on=date(2026, 12, 31))
    after = make_need("N2", states=("XBA",), earliest_on=date(2027, 1, 1))
    in_time = replace(after, earliest_on=date(2026, 12, 31))

    assert peers_of(one, after) == []
    assert peers_of(one, in_time) == [("GOV.1", "XAB", ("XBA",))]


def test_the_languages_of_a_need_come_before_those_of_its_state() -> None:
    needs = [make_need("N1", states=("XAB",), languages=("fr",)), make_need("N2", states=("XBA",))]

    (tandem,) = run(make_pool(*needs), make_reference(), make_profile(), as_of_on=TODAY).tandems

    assert tandem.score == 0.8


def test_peers_come_with_the_draft_of_a_joint_need() -> None:
    one = make_need(
        "N1", states=("XBA",), area_codes=("IRC.1", "GOV.1"), modes=(Mode.TRAINING, Mode.DRAFTING), priority=5,
        earliest_on=date(2026, 7, 1), latest_on=date(2027, 12, 31),
    )  # fmt: skip
    other = make_need("N2", states=("XAB",), area_codes=("GOV.1",), modes=(Mode.DRAFTING,), latest_on=date(2027, 6, 30))

    (tandem,) = run(make_pool(one, other), make_reference(), make_profile(), as_of_on=TODAY).tandems

    draft = tandem.joint_need
    assert draft is not None
    assert (draft.states, draft.need_ids, draft.area_codes) == (("XAB", "XBA"), ("N2", "N1"), ("GOV.1",))
    assert (draft.modes, draft.languages, draft.priority) == ((Mode.DRAFTING,), ("en",), 5)
    assert (draft.earliest_on, draft.latest_on) == (date(2026, 7, 1), date(2027, 6, 30))
    assert str(draft.title) == "Joint request of State XAB, State XBA: National strategy"
    assert list(map(str, draft.text)) == [
        "State XAB asks for: Support with a cybersecurity strategy.",
        "State XBA asks for: Support with a cybersecurity strategy.",
        "Both can work in en.",
        "Both can work from 2026-07-01 to 2027-06-30.",
    ]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        pytest.param({"earliest_on": date(2026, 7, 1)}, {}, "Both can work from 2026-07-01 on.", id="without an end"),
        pytest.param({"latest_on": date(2026, 7, 1)}, {}, "Both can work until 2026-07-01.", id="without a start"),
        pytest.param({}, {}, "They share no language: the work would need interpretation.", id="without a day"),
    ],
)
def test_a_joint_need_tells_when_both_can_work(one: dict[str, date], other: dict[str, date], told: str) -> None:
    needs = [make_need("N1", states=("XAA",), **one), make_need("N2", states=("XCA",), **other)]

    (tandem,) = run(make_pool(*needs), make_reference(), make_profile(), as_of_on=TODAY).tandems

    assert tandem.joint_need is not None
    assert str(tandem.joint_need.text[-1]) == told


def test_a_need_in_a_subtopic_meets_one_in_the_area_above_it() -> None:
    """A need in IRC.1 and the same need in IRC found no peer in each other."""
    narrow = make_need("N1", states=("XAB",), area_codes=("IRC.1",))
    wide = make_need("N2", states=("XBA",), area_codes=("IRC",))

    assert peers_of(narrow, wide) == [("IRC", "XAB", ("XBA",))]


def test_needs_in_two_subtopics_of_an_area_do_not_meet() -> None:
    one = make_need("N1", states=("XAB",), area_codes=("IRC.1",))
    other = make_need("N2", states=("XBA",), area_codes=("IRC.2",))

    assert peers_of(one, other) == []


def test_who_has_a_peer_in_the_subtopic_looks_for_none_above_it() -> None:
    narrow = [make_need(f"N{at}", states=(state,), area_codes=("IRC.1",)) for at, state in enumerate(("XAB", "XBA"))]
    wide = make_need("N2", states=("XCA",), area_codes=("IRC",))

    assert peers_of(*narrow, wide) == [("IRC.1", "XAB", ("XBA",))]


def test_who_is_in_a_led_tandem_of_the_subtopic_looks_for_no_peer_above_it() -> None:
    needs = [
        make_need("N1", states=("XAB",), area_codes=("IRC.1",)),
        make_need("N2", states=("XBA",), area_codes=("IRC",)),
    ]
    led = [make_candidate("XCA", area_code="IRC.1", capacity_level=5), make_candidate("XAB", area_code="IRC.1")]

    tandems = run(make_pool(*needs, *led), make_reference(), make_profile(), as_of_on=TODAY).tandems

    assert [(item.kind, item.area_code) for item in tandems] == [(TandemKind.LEAD, "IRC.1")]


def test_areas_that_were_read_by_a_person_count_as_stated_ones() -> None:
    one = make_need("N1", states=("XAB",), area_codes=("IRC.1", "CRI"), areas_basis=Basis.READ)
    other = make_need("N2", states=("XBA",), area_codes=("CRI", "GOV.1"), areas_basis=Basis.READ)

    assert peers_of(one, other) == [("CRI", "XAB", ("XBA",))]


def test_of_areas_inferred_from_the_text_only_the_surest_counts() -> None:
    text = {"title": "Cybersecurity strategy, with a CSIRT", "description": "A national cybersecurity strategy."}
    inferred = make_need("N1", states=("XAB",), **text)
    stated = make_need("N2", states=("XBA",), area_codes=("GOV.1", "IRC.1"), **text)

    result = run(make_pool(inferred, stated), make_reference(), make_profile(), as_of_on=TODAY)

    assert result.reading_by_need_id["N1"].area_codes == ("GOV.1", "IRC.1")
    assert [item.area_code for item in result.tandems] == ["GOV.1"]


def test_needs_without_an_area_have_none_to_file_in() -> None:
    text = {"title": "Beekeeping", "description": "Hives, smokers and honey presses."}

    assert peers_of(make_need("N1", states=("XAB",), **text), make_need("N2", states=("XBA",), **text)) == []


def test_a_private_need_makes_no_peer() -> None:
    needs = [make_need("N1", states=("XAB",)), make_need("N2", states=("XBA",), visibility=Visibility.PRIVATE)]

    assert run(make_pool(*needs), make_reference(), make_profile(), as_of_on=TODAY).tandems == ()
