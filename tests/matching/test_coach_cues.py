"""The coach reads in six languages how many, for whom, by whom and by when a need asks, and is not misled by look-alikes."""

from __future__ import annotations

from datetime import date

import pytest

from matching.coach.cues import CueReader, plain
from matching.command.datafiles import load_reference
from matching.reference import LANGUAGES
from matching.vocabulary import Cue

YEAR = 2026


@pytest.fixture(scope="module")
def cues() -> CueReader:
    return CueReader(load_reference(as_of_on=date(2026, 6, 1)).taxonomy.cue_terms)


@pytest.mark.parametrize(
    "text",
    [
        "Training for 20 network security analysts",
        "Two experts for three weeks",
        "Former 15 magistrats à la preuve numérique",
        "Un atelier pour une vingtaine de juges",
        "Dos talleres para fiscales",
        "Capacitar a 30 funcionarios",
        "Обучить 20 сотрудников группы реагирования",
        "Направить двух экспертов",
        "为20名分析员提供培训",
        "为期三天的演练",
        "تدريب 20 محللا",
        "تدريب ٢٠ محللا",
        "ورشتي عمل للقضاة",
    ],
)
def test_a_quantity_is_seen_in_figures_and_in_words(cues: CueReader, text: str) -> None:
    assert cues.has_quantity(text)


@pytest.mark.parametrize(
    "text",
    [
        "Support in 2026 for officials",
        "Implementing resolution 73 on officials",
        "Certification under ISO 27001 for staff",
        "The 1540 Committee and its experts",
        "A meeting by 30 June of officials",
        "Staff who answer 24/7",
        "Appui conforme à l'article 12 des juges",
        "Aplicar la ley 25 sobre funcionarios",
        "Выполнение резолюции 73 сотрудниками",
        "第三次会议",
        "6月30日前培训人员",
        "تنفيذ القرار 73 بشأن الموظفين",
        "Training for analysts",
        "",
    ],
)
def test_a_year_a_law_and_a_date_are_no_quantity(cues: CueReader, text: str) -> None:
    assert not cues.has_quantity(text)


@pytest.mark.parametrize(
    ("cue", "texts"),
    [
        (
            Cue.AUDIENCE,
            ("for prosecutors", "pour les procureurs", "para las fiscales", "для прокуроров", "面向检察官", "للقضاة"),
        ),
        (
            Cue.GAP,
            (
                "The team lacks tools.",
                "L’équipe ne dispose d’aucun outil.",
                "El equipo carece de herramientas.",
                "У группы нет инструментов.",
                "该小组缺乏工具。",
                "يفتقر الفريق إلى الأدوات",
            ),
        ),
        (
            Cue.OUTCOME,
            (
                "so that the team works alone",
                "afin que l’équipe soit autonome",
                "para que el equipo trabaje solo",
                "чтобы группа работала сама",
                "以便该小组独立工作",
                "لكي يعمل الفريق بمفرده",
            ),
        ),
        (
            Cue.UNDERWAY,
            (
                "A project is under way.",
                "Un projet est en cours.",
                "Hay un proyecto en curso.",
                "Проект уже осуществляется.",
                "项目正在进行。",
                "هناك مشروع قيد التنفيذ",
            ),
        ),
        (
            Cue.BODY,
            (
                "the Ministry of Justice",
                "le ministère de la justice",
                "el Ministerio de Justicia",
                "Министерство юстиции",
                "司法部",
                "وزارة العدل",
            ),
        ),
        (
            Cue.STAFF,
            (
                "a team of four works full-time",
                "une équipe de quatre personnes est affectée",
                "un equipo de cuatro a tiempo completo",
                "выделена группа из четырех человек",
                "四人专职团队",
                "فريق من أربعة أشخاص متفرغ",
            ),
        ),
        (
            Cue.LANGUAGE,
            ("in French", "en français", "en francés", "на французском языке", "以法语授课", "باللغة الفرنسية"),
        ),
        (
            Cue.CONTACT,
            ("focal point", "point focal", "punto focal", "контактное лицо", "联络人", "جهة الاتصال"),
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Cue) else "",
)
def test_a_cue_is_seen_in_each_of_the_six_languages(cues: CueReader, cue: Cue, texts: tuple[str, ...]) -> None:
    assert [text for text in texts if not cues.has(text, cue)] == []


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        (Cue.AUDIENCE, "Un cadre juridique pour la protection des données à caractère personnel"),
        (Cue.AUDIENCE, "Apoyo técnico para la protección de datos de carácter personal"),
        (Cue.BODY, "Deploying certificates"),
        (Cue.BODY, "全面部署防护措施"),
        (Cue.BODY, "إدارة الحوادث"),
        (Cue.GAP, "完善国家战略"),
        (Cue.NOTHING, "无法独立完成"),
        (Cue.OUTCOME, "The team is unable to work"),
        (Cue.LANGUAGE, "a Frenchman"),
        (Cue.UNDERWAY, "Work shall begin next year."),
    ],
)
def test_a_look_alike_is_no_cue(cues: CueReader, cue: Cue, text: str) -> None:
    assert not cues.has(text, cue)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("We need this by the end of 2027.", 2027),
        ("avant fin juin 2027", 2027),
        ("a más tardar en 2028", 2028),
        ("до конца 2027 года", 2027),
        ("2027年6月底前", 2027),
        ("قبل نهاية عام 2027", 2027),
        ("National Strategy 2025-2030", None),
        ("Vision 2030", None),
        ("by 2019", None),
        ("by resolution 75/2027", None),
    ],
)
def test_a_deadline_is_a_year_ahead_that_the_text_speaks_of_as_one(
    cues: CueReader, text: str, year: int | None
) -> None:
    assert cues.year_of_need(text, from_year=YEAR) == year


@pytest.mark.parametrize(
    ("text", "is_reachable"),
    [
        ("Write to cooperation@csirt.example.", True),
        ("Tel. +679 331 2345", True),
        ("邮箱cert@csirt.example", True),
        ("The focal point is known to the secretariat.", False),
        ("See https://csirt.example", False),
    ],
)
def test_a_focal_point_is_reachable_at_an_address_or_a_number(
    cues: CueReader, text: str, *, is_reachable: bool
) -> None:
    assert cues.has_reach(text) is is_reachable


@pytest.mark.parametrize("run", ["a", "20 ", "111 ", "a@", "+1 ", "by 2027 ", "培", "20 аналитик-", " ", "ال"])
def test_a_long_run_of_one_thing_is_read_in_no_time(cues: CueReader, run: str) -> None:
    """An address was looked for from every letter to the end: such a text would have taken minutes."""
    text = run * (30_000 // len(run))

    seen = (cues.has_quantity(text), cues.has_reach(text), cues.year_of_need(text, from_year=YEAR))

    assert seen[1] is False


def test_a_text_is_read_without_accents_and_in_small_letters() -> None:
    assert plain("D’ici à 2027: 20名分析员") == "d'ici a 2027: 20 名分析员"


@pytest.mark.parametrize("cue", list(Cue))
def test_a_cue_has_words_in_each_of_the_six_languages(cue: Cue) -> None:
    terms = load_reference(as_of_on=date(2026, 6, 1)).taxonomy.cue_terms[cue]

    assert {language: len(words) > 0 for language, words in terms.items()} == dict.fromkeys(LANGUAGES, True)
