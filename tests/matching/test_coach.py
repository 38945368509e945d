"""The coach says what a draft lacks, where to edit it, and counts exactly what an edit would bring."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.coach import Advice, Check, Coach, Coaching, EditKind, Verdict, check_draft
from matching.command.datafiles import load_reference
from matching.engine import run
from matching.live import LiveEngine
from matching.records import Need, Offer
from matching.reference import Reference
from matching.vocabulary import Basis, Mode, Visibility
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference

COMPLETE = {
    "en": (
        "Training in incident response for the national CSIRT\n"
        "The CSIRT lacks staff trained in malware analysis. We ask for a five-day course for 20 analysts, so that the "
        "team handles incidents by itself, measured by a response time below 24 hours. Owner: the Ministry of Digital "
        "Affairs, cert@gov.example. A dedicated team will work with the trainers in English."
    ),
    "fr": (
        "Formation à la réponse aux incidents pour le CSIRT national\n"
        "Le CSIRT ne dispose pas de personnel formé. Nous demandons un cours de cinq jours pour 20 analystes afin que "
        "l’équipe traite seule les incidents ; indicateur : délai de réponse de 24 heures. Responsable : le ministère "
        "du numérique, cert@gov.example. Une équipe dédiée travaillera en français."
    ),
    "es": (
        "Capacitación en respuesta a incidentes para el CSIRT nacional\n"
        "El CSIRT carece de personal capacitado. Solicitamos un curso de cinco días para 20 analistas para que el "
        "equipo trate solo los incidentes; indicador: tiempo de respuesta de 24 horas. Responsable: el Ministerio de "
        "Telecomunicaciones, cert@gov.example. Un equipo dedicado trabajará en español."
    ),
    "ru": (
        "Обучение реагированию на инциденты для национальной группы CSIRT\n"
        "Группе не хватает обученных сотрудников. Просим провести пятидневный курс для 20 аналитиков, чтобы группа "
        "работала самостоятельно; показатель: время реагирования 24 часа. Ответственный: министерство связи, "
        "cert@gov.example. Выделена группа сотрудников, рабочий язык: русский."
    ),
    "zh": (
        "国家应急响应小组的事件响应培训\n"
        "本国应急响应小组缺乏受过培训的人员。请求为20名分析员提供为期五天的课程，以便小组独立处理事件，指标为响应时间不超过24小时。"
        "负责单位：信息部，cert@gov.example。已配备专职团队，工作语言为中文。"
    ),
    "ar": (
        "تدريب على الاستجابة للحوادث لفريق الاستجابة الوطني\n"
        "يفتقر الفريق إلى موظفين مدربين. نطلب دورة لمدة خمسة أيام لفائدة 20 محللا لكي يعالج الفريق الحوادث بمفرده، "
        "والمؤشر هو زمن الاستجابة. الجهة المسؤولة: وزارة الاتصالات، cert@gov.example. فريق متفرغ سيعمل مع المدربين "
        "باللغة العربية."
    ),
}


@pytest.fixture(scope="module")
def real() -> Reference:
    return load_reference(as_of_on=TODAY)


@pytest.fixture(scope="module")
def coach_of_nobody(real: Reference) -> Coach:
    """Return a coach without any offer: the checks ask none."""
    return Coach(real, LiveEngine((), real, make_profile(), as_of_on=TODAY), as_of_on=TODAY)


def draft(**fields: Any) -> Need:
    return Need(need_id="D", states=("FJI",), **{"title": "", **fields})


def advice_of(coach: Coach, need: Need) -> dict[Check, Advice]:
    return {item.check: item for item in check_draft(coach.read(need))}


def verdict(coach: Coach, check: Check, **fields: Any) -> tuple[Verdict, str]:
    item = advice_of(coach, draft(**fields))[check]
    return item.verdict, item.field


def test_an_empty_draft_gets_nine_answers_and_no_error(coach_of_nobody: Coach) -> None:
    told = coach_of_nobody.advise(draft())

    assert [item.check for item in told.advice] == list(Check)
    assert {item.verdict for item in told.advice if item.check is not Check.CONSENT} == {Verdict.MISSING}
    assert all(item.example is not None for item in told.advice)
    assert (told.n_offers, told.n_qualifying, told.edits) == (0, 0, ())
    assert told.next_edit is not None
    assert (told.next_edit.check, told.next_edit.n_more) == (Check.ONE_AREA, None)


@pytest.mark.parametrize("language", list(COMPLETE))
def test_a_complete_text_passes_in_each_language(coach_of_nobody: Coach, language: str) -> None:
    title, description = COMPLETE[language].split("\n")

    told = advice_of(coach_of_nobody, draft(title=title, description=description))

    lacking = [check for check, item in told.items() if item.verdict is not Verdict.PASSED]
    assert lacking == [Check.BY_WHEN, Check.UNDERWAY, Check.CONSENT]


def test_a_draft_that_lacks_nothing_is_told_so(coach_of_nobody: Coach) -> None:
    title, description = COMPLETE["en"].split("\n")
    need = draft(
        title=title,
        description=description,
        underway="The ITU trains our legal team.",
        latest_on=date(2027, 6, 30),
        visibility=Visibility.PROVIDERS,
    )

    told = coach_of_nobody.advise(need)

    assert told.n_passed == 9
    assert told.next_edit is None
    assert all(item.example is None for item in told.advice)


@pytest.mark.parametrize(
    ("check", "fields", "told"),
    [
        (Check.ONE_AREA, {"area_codes": ("IRC.1", "IRC.2")}, (Verdict.PASSED, "areas")),
        (Check.ONE_AREA, {"area_codes": ("IRC.1", "CRI.1")}, (Verdict.VAGUE, "areas")),
        (Check.ONE_AREA, {"title": "CSIRT", "areas_basis": Basis.READ}, (Verdict.MISSING, "areas")),
        (Check.ONE_AREA, {"title": "Assistance"}, (Verdict.MISSING, "areas")),
        (Check.WHAT_EXACTLY, {"modes": (Mode.TRAINING,), "audience": "20 judges"}, (Verdict.PASSED, "modes")),
        (Check.WHAT_EXACTLY, {"audience": "20 judges"}, (Verdict.VAGUE, "modes")),
        (Check.WHAT_EXACTLY, {"modes": (Mode.TRAINING,)}, (Verdict.VAGUE, "audience")),
        (Check.WHAT_EXACTLY, {"modes": (Mode.TRAINING,), "audience": "judges"}, (Verdict.VAGUE, "description")),
        (Check.WHY, {"gap": 2}, (Verdict.PASSED, "gap")),
        (Check.WHY, {"gap": 0}, (Verdict.VAGUE, "gap")),
        (Check.WHY, {"gap": 0, "description": "We lack tools."}, (Verdict.PASSED, "gap")),
        (Check.OUTCOME, {"outcome": "A working team"}, (Verdict.VAGUE, "outcome")),
        (Check.OUTCOME, {"outcome": "A team that 9 of 10 staff trust"}, (Verdict.PASSED, "outcome")),
        (Check.OUTCOME, {"outcome": "Half as many incidents (50%)"}, (Verdict.PASSED, "outcome")),
        (Check.OUTCOME, {"description": "so that we work alone"}, (Verdict.VAGUE, "outcome")),
        (Check.BY_WHEN, {"latest_on": TODAY}, (Verdict.PASSED, "latest")),
        (Check.BY_WHEN, {"latest_on": TODAY - timedelta(days=1)}, (Verdict.VAGUE, "latest")),
        (Check.BY_WHEN, {"description": "by the end of 2027"}, (Verdict.VAGUE, "latest")),
        (Check.UNDERWAY, {"underway": "nothing"}, (Verdict.PASSED, "underway")),
        (Check.UNDERWAY, {"underway": "Ничего"}, (Verdict.PASSED, "underway")),
        (Check.UNDERWAY, {"underway": "A course"}, (Verdict.VAGUE, "underway")),
        (Check.UNDERWAY, {"underway": "A course by UNIDIR"}, (Verdict.PASSED, "underway")),
        (Check.UNDERWAY, {"description": "The Ministry asks. A course is under way."}, (Verdict.VAGUE, "underway")),
        (Check.UNDERWAY, {"description": "The university gives a course already."}, (Verdict.PASSED, "underway")),
        (Check.OWNER, {"description": "The Ministry of Justice"}, (Verdict.VAGUE, "description")),
        (Check.OWNER, {"description": "Write to x@y.example"}, (Verdict.VAGUE, "description")),
        (Check.ABSORPTION, {"languages": ("fr",)}, (Verdict.VAGUE, "description")),
        (Check.ABSORPTION, {"description": "A dedicated team"}, (Verdict.VAGUE, "languages")),
        (Check.CONSENT, {"visibility": Visibility.PRIVATE}, (Verdict.MISSING, "visibility")),
        (Check.CONSENT, {"visibility": Visibility.SECRETARIAT}, (Verdict.VAGUE, "visibility")),
        (Check.CONSENT, {"visibility": Visibility.PUBLIC}, (Verdict.PASSED, "visibility")),
    ],
)
def test_a_check_looks_into_the_field_and_then_the_text(
    coach_of_nobody: Coach, check: Check, fields: dict[str, Any], told: tuple[Verdict, str]
) -> None:
    assert verdict(coach_of_nobody, check, **fields) == told


def test_a_stated_outcome_is_not_made_measurable_by_another_sentence(coach_of_nobody: Coach) -> None:
    fields = {"outcome": "A better team", "description": "At least one visit a year was paid by the embassy."}

    assert verdict(coach_of_nobody, Check.OUTCOME, **fields) == (Verdict.VAGUE, "outcome")


# What follows asks the engine, in a small world.


def advise(need: Need, *offers: Offer, minimum_score: float = 0.6) -> Coaching:
    reference, profile = make_reference(), make_profile(minimum_score=minimum_score)
    return Coach(reference, LiveEngine(offers, reference, profile, as_of_on=TODAY), as_of_on=TODAY).advise(need)


def n_qualifying(need: Need, *offers: Offer, minimum_score: float = 0.6) -> int:
    """Return how many offers qualify, by a whole run."""
    need = replace(need, visibility=Visibility.PUBLIC)
    profile = make_profile(minimum_score=minimum_score)
    result = run(make_pool(need, *offers), make_reference(), profile, as_of_on=TODAY, top=len(offers))
    return sum(match.score >= minimum_score for match in result.matches)


def edited(need: Need, kind: EditKind, value: str) -> Need:
    """Return the need as somebody would edit it who read the advice."""
    match kind:
        case EditKind.LANGUAGE:
            return replace(need, languages=(*need.languages, value))
        case EditKind.AREA:
            return replace(need, area_codes=(value,))
        case EditKind.MODE:
            return replace(need, modes=(Mode(value),))
        case EditKind.DATES:
            return replace(need, latest_on=date.fromisoformat(value))
        case EditKind.BUDGET:
            return replace(need, budget=Decimal(value), currency="EUR")


def varied_offers() -> tuple[Offer, ...]:
    """Return offers that differ in everything that an edit of a need can meet."""
    variations = itertools.product(
        (("fr",), ("en",), ()),
        ((), ("GOV.1",), ("CRI",)),
        ((), (Mode.DRAFTING,)),
        (None, date(2027, 1, 1)),
        (None, Decimal(500)),
    )
    return tuple(
        make_offer(
            f"O{at:03d}",
            languages=languages,
            area_codes=areas,
            modes=modes,
            available_until_on=until,
            budget=budget,
            currency=None if budget is None else "EUR",
        )
        for at, (languages, areas, modes, until, budget) in enumerate(variations)
    )


@pytest.mark.parametrize("minimum_score", [0.5, 0.58, 0.62, 0.66, 0.7, 0.8])
@pytest.mark.parametrize(
    "need",
    [
        make_need(),
        make_need(languages=("en",)),
        make_need(area_codes=("GOV.1", "CRI")),
        make_need(latest_on=TODAY + timedelta(days=60)),
        make_need(latest_on=TODAY - timedelta(days=60)),
        make_need(visibility=Visibility.PRIVATE),
        make_need(title="Help", description=""),
    ],
    ids=["plain", "english", "two-areas", "short", "closed", "private", "empty"],
)
def test_what_is_counted_is_what_a_run_finds_after_the_edit(need: Need, minimum_score: float) -> None:
    offers = varied_offers()

    told = advise(need, *offers, minimum_score=minimum_score)

    assert told.n_qualifying == n_qualifying(need, *offers, minimum_score=minimum_score)
    for edit in told.edits:
        after = edited(need, edit.kind, edit.value)
        assert edit.n_after == n_qualifying(after, *offers, minimum_score=minimum_score)
        assert edit.n_after - told.n_qualifying == edit.n_gained - edit.n_lost > 0


def test_every_kind_of_edit_is_found_somewhere() -> None:
    needs = (make_need(), make_need(title="Help", description=""), make_need(area_codes=("GOV.1", "CRI")))

    kinds = {
        edit.kind
        for need in needs
        for step in range(40, 90)
        for edit in advise(need, *varied_offers(), minimum_score=step / 100).edits
    }

    assert kinds == set(EditKind)


def test_naming_the_language_of_the_offers_is_the_next_best_edit() -> None:
    offers = [make_offer(f"O{at}", languages=("fr",)) for at in range(3)]
    unnamed = make_need()
    minimum = run(make_pool(unnamed, *offers), make_reference(), make_profile(), as_of_on=TODAY).matches[0].score + 0.01

    told = advise(unnamed, *offers, make_offer("O9", languages=("en",)), minimum_score=minimum)

    assert told.next_edit is not None
    assert (told.next_edit.field, told.next_edit.n_more) == ("languages", 3)
    assert str(told.next_edit.sentence) == (
        "Name fr as a language, if the staff can work in it: offers that qualify go from 0 to 3."
    )


def test_where_no_edit_gains_an_offer_the_first_missing_check_comes_next() -> None:
    told = advise(make_need(visibility=Visibility.SECRETARIAT), make_offer(eligible=("XBA",)))

    assert told.edits == ()
    assert told.next_edit is not None
    assert (told.next_edit.check, told.next_edit.n_more) == (Check.WHY, None)


def test_a_need_without_end_is_not_asked_to_wait_longer() -> None:
    told = advise(make_need(latest_on=date.max), make_offer())

    assert EditKind.DATES not in {edit.kind for edit in told.edits}


def test_a_private_offer_is_never_counted() -> None:
    told = advise(make_need(), make_offer(), make_offer("O2", visibility=Visibility.PRIVATE), minimum_score=0.0)

    assert (told.n_offers, told.n_qualifying) == (1, 1)


@settings(max_examples=20)
@given(st.permutations(varied_offers()[:20]))
def test_the_order_of_the_offers_changes_nothing(offers: list[Offer]) -> None:
    need = make_need()

    assert advise(need, *offers).as_document() == advise(need, *varied_offers()[:20]).as_document()
