"""The gap profile: where a State stands, and which gaps come first."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from app.assessments.answers import AnswerContent
from app.assessments.gaps import GapProfile, gap_profile
from app.assessments.questionnaires import Questionnaire, read_questionnaire
from tests.factories.assessments import questionnaire_document


@pytest.fixture
def questionnaire() -> Questionnaire:
    """A questionnaire on the areas GOV and IRC, the second with two topics."""
    return read_questionnaire(json.dumps(questionnaire_document()))


def lines(profile: GapProfile) -> Mapping[str, tuple[int | None, int | None, int | None, int]]:
    return {line.item.code: (line.current, line.target, line.last, line.n_topics) for line in profile.lines}


def test_without_answers_there_is_a_line_an_area_and_no_gap(questionnaire: Questionnaire) -> None:
    profile = gap_profile(questionnaire, {}, last={})

    assert lines(profile) == {"GOV": (None, None, None, 0), "IRC": (None, None, None, 0)}
    assert (profile.gaps, profile.n_assessed) == ((), 0)


def test_an_area_stands_where_it_was_said_to_whatever_its_topics_are(questionnaire: Questionnaire) -> None:
    answers = {"IRC": AnswerContent(current=3), "IRC.1": AnswerContent(current=1, target=5)}

    assert lines(gap_profile(questionnaire, answers, last={}))["IRC"] == (3, None, None, 0)


def test_otherwise_it_stands_where_half_of_its_topics_are_or_further(questionnaire: Questionnaire) -> None:
    answers = {"IRC.1": AnswerContent(current=1, target=4), "IRC.2": AnswerContent(current=4, target=5)}

    profile = gap_profile(questionnaire, answers, last={"IRC.2": AnswerContent(current=2)})

    assert lines(profile)["IRC"] == (1, 4, 2, 2)
    assert profile.n_assessed == 1


def test_gaps_are_ordered_by_size_times_priority(questionnaire: Questionnaire) -> None:
    answers = {
        "GOV": AnswerContent(current=1, target=3),  # 2 × 3
        "IRC": AnswerContent(current=1, target=2, priority=5),  # 1 × 5
        "IRC.1": AnswerContent(current=1, target=5, priority=2),  # 4 × 2
        "IRC.2": AnswerContent(current=3, target=3, priority=5),  # no gap
        "NORM.A": AnswerContent(status=1, priority=5),  # no stages
    }

    profile = gap_profile(questionnaire, answers, last={})

    assert [(gap.item.code, gap.weight) for gap in profile.gaps] == [("IRC.1", 8), ("GOV", 6), ("IRC", 5)]


def test_a_target_that_was_passed_is_no_gap(questionnaire: Questionnaire) -> None:
    assert gap_profile(questionnaire, {"GOV": AnswerContent(current=4, target=2)}, last={}).gaps == ()


def test_gaps_of_one_weight_stand_with_the_larger_first_then_in_the_order_of_the_areas(
    questionnaire: Questionnaire,
) -> None:
    answers = {
        "GOV": AnswerContent(current=1, target=2, priority=4),
        "IRC": AnswerContent(current=1, target=3, priority=2),
        "IRC.1": AnswerContent(current=1, target=2, priority=4),
    }

    profile = gap_profile(questionnaire, answers, last={})

    assert [gap.item.code for gap in profile.gaps] == ["IRC", "GOV", "IRC.1"]
