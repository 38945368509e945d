"""Geography as read from the texts: it moves a component where nothing is stated, and opens or closes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matching.command.datafiles import load_reference
from matching.command.profilefiles import load_profile
from matching.explanation import explain_pair
from matching.model import Model, prepare
from matching.records import Need, Offer, Pool
from matching.reference import Reference
from matching.vocabulary import Component

DAY = date(2026, 6, 1)
OPEN = Offer(offer_id="o", provider="Somebody", title="Training for incident responders")
KENYAN = Need(need_id="n", states=("KEN",), title="Training for our incident responders")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(as_of_on=DAY)


def modelled(reference: Reference, needs: list[Need], offers: list[Offer]) -> Model:
    return prepare(Pool(needs=tuple(needs), offers=tuple(offers)), reference, load_profile(), as_of_on=DAY)


def geography(reference: Reference, need: Need, offer: Offer) -> tuple[float, str]:
    parts = explain_pair(modelled(reference, [need], [offer]), load_profile(), need_id="n", offer_id="o").contributions
    part = next(part for part in parts if part.component is Component.GEOGRAPHY)
    assert part.value is not None
    return part.value, str(part.sentence)


def test_an_open_offer_is_meant_more_closely_for_whom_its_text_names(reference: Reference) -> None:
    offer = replace(OPEN, title="Training for incident responders in Kenya")

    value, sentence = geography(reference, KENYAN, offer)

    assert 0.5 < value < 1.0
    assert sentence == "The offer is open to all States; as read from its text, it is for Kenya."


def test_it_is_not_less_for_the_others(reference: Reference) -> None:
    offer = replace(OPEN, title="Training for incident responders in Fiji")

    assert geography(reference, KENYAN, offer) == (0.5, "The offer is open to all States.")


@pytest.mark.parametrize("eligible", [("KEN",), ("AFR",), ("001",), ("*", "FJI"), ("FJI",)])
def test_what_an_offer_states_wins(reference: Reference, eligible: tuple[str, ...]) -> None:
    stated = replace(OPEN, eligible=eligible)
    named = replace(stated, title="Training for incident responders in Kenya")

    assert geography(reference, KENYAN, named) == geography(reference, KENYAN, stated)


def test_a_text_opens_no_offer(reference: Reference) -> None:
    offer = replace(OPEN, eligible=("FJI",), description="Also for Kenya.")

    assert not modelled(reference, [KENYAN], [offer]).eligibility.is_eligible(np.array([0])).any()


def test_to_name_all_states_in_a_text_is_to_name_none(reference: Reference) -> None:
    names = ", ".join(state.name() for state in reference.geography.state_by_code.values())
    offer = replace(OPEN, description=f"For {names}.")

    assert geography(reference, KENYAN, offer)[0] == pytest.approx(0.5, abs=0.001)


def test_to_name_all_regional_groups_in_a_text_is_hardly_to_name_one(reference: Reference) -> None:
    groups = ("African States, Asia-Pacific States, Eastern European States, Latin American and Caribbean States and "
              "Western European and other States")  # fmt: skip
    offer = replace(OPEN, description=f"For {groups}.")

    one = geography(reference, KENYAN, replace(OPEN, description="For African States."))[0]

    assert geography(reference, KENYAN, offer)[0] <= one


def test_a_need_that_names_its_neighbours_is_met_better_by_what_reaches_them(reference: Reference) -> None:
    need = replace(KENYAN, description="The exercise is for Kenya with its neighbours Uganda and Somalia.")
    alone, together = replace(OPEN, eligible=("KEN",)), replace(OPEN, eligible=("KEN", "UGA", "SOM"))

    value, sentence = geography(reference, need, together)

    assert value == 1.0
    assert geography(reference, need, alone)[0] < 0.8
    assert sentence == (
        "The offer is for Kenya; it is open to 2 of the 2 other States that the need names, as read from its text."
    )


def test_the_sentence_on_neighbours_can_be_kept_as_json(reference: Reference) -> None:
    """Its count was a number of NumPy's once, and no run with such a need could be stored."""
    need = replace(KENYAN, description="The exercise is for Kenya with its neighbours Uganda and Somalia.")
    model = modelled(reference, [need], [replace(OPEN, eligible=("KEN", "UGA", "SOM"))])

    values = model.comparisons.geography.sentence(0, 0, 1.0).values

    assert json.loads(json.dumps(dict(values))) == {"group": "Kenya", "n_reached": 2, "n_named": 2}


def test_neighbours_make_no_offer_eligible_and_none_ineligible(reference: Reference) -> None:
    need = replace(KENYAN, description="With our neighbours Uganda and Somalia.")
    offers = [replace(OPEN, offer_id=token, eligible=(token,)) for token in ("KEN", "SOM", "UGA")]

    assert modelled(reference, [need], offers).eligibility.is_eligible(np.array([0])).tolist() == [[True, False, False]]


def test_a_need_that_names_half_the_world_names_no_neighbours(reference: Reference) -> None:
    need = replace(KENYAN, description="Together with all countries of Africa, Asia and Europe.")
    offer = replace(OPEN, eligible=("KEN",))

    assert geography(reference, need, offer) == (1.0, "The offer names Kenya.")


def test_single_pairs_have_the_closeness_of_the_block_to_the_bit(reference: Reference) -> None:
    need = replace(KENYAN, description="With our neighbours Uganda, Somalia, Ethiopia and the countries of the Sahel.")
    tokens = ("KEN", "002", "*", "EAC", "LDC", "AFR")
    offers = [replace(OPEN, offer_id=f"{at}", eligible=(token,)) for at, token in enumerate(tokens)]
    check = modelled(reference, [need], offers).eligibility
    columns = np.arange(len(offers))

    assert check.closeness_at(np.zeros_like(columns), columns).tolist() == check.closeness(np.array([0]))[0].tolist()
