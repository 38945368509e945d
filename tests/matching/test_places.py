"""Places read out of texts in six languages: which name is meant, and whether the text is for that place."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from benchmarks.judged_collections import ROOT
from matching.command.datafiles import load_reference
from matching.places import PlaceReader
from matching.reference import LANGUAGES


@pytest.fixture(scope="module")
def reader() -> PlaceReader:
    reference = load_reference(as_of_on=date(2026, 6, 1))
    return PlaceReader(reference.geography, reference.gazetteer)


def read(reader: PlaceReader, title: str, giver: str = "") -> set[str]:
    return {place.code for place in reader.read(title, "", giver=giver)}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Courses for Guinea-Bissau, Papua New Guinea and Equatorial Guinea", {"GNB", "PNG", "GNQ"}),
        ("Courses for the Republic of the Congo", {"COG"}),
        ("Courses for the DRC", {"COD"}),
        ("为刚果(金)和刚果共和国提供培训", {"COD", "COG"}),
        ("Help for the Niger, not for Nigeria", {"NER", "NGA"}),
        ("Курсы для Нигера", {"NER"}),
        ("Курсы для Нигерии", {"NGA"}),
        ("Help for the Dominican Republic", {"DOM"}),
        ("Help for Dominica", {"DMA"}),
        ("Training in South Sudan", {"SSD"}),
        ("培训面向索马里", {"SOM"}),
        ("培训面向马里", {"MLI"}),
        ("Training in South Africa", {"ZAF"}),
        ("Training in Southern Africa", {"018"}),
        ("Turkey hosts a course for Jordan", {"JOR"}),
    ],
)
def test_the_longest_name_is_meant(reader: PlaceReader, text: str, places: set[str]) -> None:
    assert read(reader, text) == places


@pytest.mark.parametrize(
    "text",
    [
        "Bank of England stress test",
        "George C. Marshall Center course",
        "Master at Korea University",
        "Research at Georgia Tech",
        "A workshop in Port of Spain",
        "how turkey is cooked, chad and all",
        "Training in French for everybody",
        "دعم مالي للمختبرات",
        "Малые команды реагирования",
        "位于内蒙古的数据中心",
        "CMM review of the Cook Islands",
    ],
)
def test_what_only_looks_like_a_place_is_none(reader: PlaceReader, text: str) -> None:
    assert read(reader, text) == set()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Funded by Japan and Canada, for the Western Balkans", {"WESTERN_BALKANS"}),
        ("L'Allemagne finance un conseiller au Bénin", {"BEN"}),
        ("España ofrece cursos para el Perú y Colombia", {"PER", "COL"}),
        ("Китай передает оборудование; средства выделяет Германия; для Лаоса", {"LAO"}),
        ("日本提供设备,面向老挝", {"LAO"}),
        ("تقدم الصين معدات لكمبوديا", {"KHM"}),
    ],
)
def test_who_gives_is_not_whom_a_text_is_for(reader: PlaceReader, text: str, places: set[str]) -> None:
    assert read(reader, text) == places


def test_the_state_in_a_provider_s_name_is_not_whom_its_offer_is_for(reader: PlaceReader) -> None:
    text = "Ghana's peers visit Sierra Leone"

    assert read(reader, text) == {"GHA", "SLE"}
    assert read(reader, text, giver="Cyber Security Authority, Ghana") == {"SLE"}


@pytest.mark.parametrize(
    "text",
    [
        "Training for Kenyan officials",
        "Formation pour les agentes kényanes",
        "Formación para funcionarias kenianas",
        "Курсы для кенийских специалистов",
        "面向肯尼亚官员的培训",
        "تدريب للموظفين الكينيين",
    ],
    ids=LANGUAGES,
)
def test_a_people_stands_for_its_state_in_each_language(reader: PlaceReader, text: str) -> None:
    assert read(reader, text) == {"KEN"}


@pytest.mark.parametrize(
    "text",
    [
        "Fellowships for small island developing States and LDCs",
        "Bourses pour petits États insulaires en développement et PMA",
        "Becas para pequeños Estados insulares en desarrollo y PMA",
        "Стипендии для малых островных развивающихся государств и наименее развитых стран",
        "面向小岛屿发展中国家和最不发达国家的奖学金",
        "منح للدول الجزرية الصغيرة النامية وأقل البلدان نمواً",
    ],
    ids=LANGUAGES,
)
def test_a_status_is_read_in_each_language(reader: PlaceReader, text: str) -> None:
    assert read(reader, text) == {"SIDS", "LDC"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nine_of_ten_labelled_places_are_read_and_are_right(reader: PlaceReader, language: str) -> None:
    with (ROOT / "benchmarks" / "labelled_places.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["language"] == language]
    n_right = n_read = n_labelled = 0

    for row in rows:
        labelled = set(filter(None, row["places"].split(";")))
        places = {place.code for place in reader.read(row["title"], row["description"], giver=row["provider"])}
        n_right += len(places & labelled)
        n_read += len(places - {row["state"]})
        n_labelled += len(labelled)

    assert n_right / n_read >= 0.9
    assert n_right / n_labelled >= 0.9
