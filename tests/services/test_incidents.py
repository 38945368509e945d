"""From an incident, in anybody's words, to the areas that help."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM
from app.areas.incidents import find_incidents, get_incident, load_incidents
from app.areas.services import load_areas
from app.errors import ForbiddenError, NotFoundError
from app.reports.exports import ExportName, open_table
from tests.factories import create_incident


@pytest.fixture
def loaded(session: Session) -> Session:
    """A database with the areas and incidents of the release."""
    load_areas(session, SYSTEM)
    load_incidents(session, SYSTEM)
    return session


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ransomware in a hospital", "ransomware_hospital"),
        ("Hospital encrypted by ransomwear", "ransomware_hospital"),
        ("rançongiciel hôpital", "ransomware_hospital"),
        ("医院", "ransomware_hospital"),
        ("DDoS on our ministry websites", "websites_flooded"),
    ],
)
def test_an_incident_is_found_by_what_people_call_it(loaded: Session, words: str, code: str) -> None:
    assert find_incidents(loaded, words)[0].code == code


@pytest.mark.parametrize("words", ["zzzz", "the", "a", "%", "("])
def test_words_that_tell_nothing_find_nothing(loaded: Session, words: str) -> None:
    assert list(find_incidents(loaded, words)) == []


def test_without_words_all_are_listed_in_their_order(loaded: Session) -> None:
    found = find_incidents(loaded)

    assert [incident.position for incident in found] == sorted(incident.position for incident in found)
    assert len(found) > 20


def test_the_area_that_helps_most_comes_first(loaded: Session) -> None:
    incident = get_incident(loaded, "RANSOMWARE_HOSPITAL")

    assert [one.area_code for one in incident.areas][:2] == ["IRC.3", "CIP.3"]
    assert all(one.why_en for one in incident.areas)


def test_to_load_them_again_changes_nothing(loaded: Session) -> None:
    tally = load_incidents(loaded, SYSTEM)

    assert (tally.created, tally.updated) == (0, 0)
    assert tally.unchanged > 20


def test_one_that_changed_is_made_as_the_file_says(loaded: Session, tmp_path: Path) -> None:
    (tmp_path / "taxonomy").mkdir()
    header = "code,position,title_en,title_fr,title_es,title_ru,title_zh,title_ar,scope_en,terms_en"
    row = "ransomware_hospital,1,Locked hospital,F,E,R,Z,A,Patients are moved.,clinic"
    (tmp_path / "taxonomy" / "incidents.csv").write_text(f"{header}\n{row}\n")
    (tmp_path / "taxonomy" / "incident_areas.csv").write_text(
        "incident,area,position,why_en\nransomware_hospital,EXE.3,1,A plan says who decides.\n"
    )

    tally = load_incidents(loaded, SYSTEM, folder=tmp_path)

    changed = get_incident(loaded, "ransomware_hospital")
    assert tally.updated == 1
    assert (changed.title_en, [one.area_code for one in changed.areas]) == ("Locked hospital", ["EXE.3"])


def test_what_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        get_incident(session, "nothing")


def test_not_everybody_loads_them(session: Session) -> None:
    with pytest.raises(ForbiddenError):
        load_incidents(session, PUBLIC)


def test_they_are_exported_with_the_areas(session: Session) -> None:
    create_incident(session, "flood", areas=("IRC", "EXE"))

    table = open_table(session, PUBLIC, ExportName.INCIDENTS)

    (row,) = [dict(zip(table.columns, cells, strict=True)) for cells in table.rows]
    assert (row["code"], row["title_fr"], row["areas"]) == ("flood", "Incident flood", "IRC;EXE")
