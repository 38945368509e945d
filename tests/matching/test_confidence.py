"""How sure a reading says that it is, held against texts whose areas, modes, audiences and places are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from benchmarks.reading import read_labels, read_sample
from matching.command.datafiles import load_reference
from matching.places import PlaceReader
from matching.readings import Reader
from matching.records import Need
from matching.reference import LANGUAGES, Reference
from matching.text import Vectorizer
from matching.vocabulary import Basis, Mode

NEED = Need(
    need_id="n",
    states=("KEN",),
    title="Training of police investigators in digital forensics",
    description="With our neighbours Uganda and Somalia.",
)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(as_of_on=date(2026, 6, 1))


@pytest.fixture(scope="module")
def reader(reference: Reference) -> Reader:
    places = PlaceReader(reference.geography, reference.gazetteer)
    return Reader(reference.taxonomy, Vectorizer(reference.background), places)


@pytest.fixture(scope="module")
def labels(reference: Reference) -> pd.DataFrame:
    return read_labels(reference)


def test_each_thing_read_has_a_confidence_above_none_and_at_most_one(reader: Reader) -> None:
    reading = reader.read([NEED])[0][0]

    assert {"SOM", "UGA"} == set(reading.places)
    for read, confidences in (
        (reading.area_codes, reading.area_confidences),
        (reading.modes, reading.mode_confidences),
        (reading.audiences, reading.audience_confidences),
        (reading.places, reading.place_confidences),
    ):
        assert len(read) == len(confidences) > 0
        assert all(0 < confidence <= 1 for confidence in confidences)


def test_what_is_stated_or_read_by_a_person_has_no_confidence(reader: Reader) -> None:
    stated = replace(NEED, area_codes=("CRI",), modes=(Mode.TRAINING,), audience="police")
    by_a_person = replace(NEED, areas_basis=Basis.READ, modes_basis=Basis.READ)

    readings = reader.read([stated, by_a_person])[0]

    assert [reading.area_confidences for reading in readings] == [(), ()]
    assert [reading.mode_confidences for reading in readings] == [(), ()]
    assert readings[0].audience_confidences == ()


@pytest.mark.parametrize("what", ["areas", "modes"])
def test_of_the_sample_as_a_person_read_it_surer_readings_are_more_often_right(reference: Reference, what: str) -> None:
    read = read_sample(reference)
    read = read[read.what == what]

    is_sure = read.confidence >= 0.8

    assert read[is_sure].is_right.mean() >= 0.75
    assert read[is_sure].is_right.mean() >= read[~is_sure].is_right.mean() + 0.2
    assert read.confidence.mean() == pytest.approx(read.is_right.mean(), abs=0.1)


@pytest.mark.parametrize("what", ["modes", "audiences", "places"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_most_labels_are_read_and_right_in_each_language(labels: pd.DataFrame, what: str, language: str) -> None:
    found = labels[(labels.what == what) & (labels.language == language)]

    n_hits = (found.is_read & found.is_right).sum()

    assert n_hits / found.is_read.sum() >= 0.8
    assert n_hits / found.is_right.sum() >= 0.65


@pytest.mark.parametrize("what", ["modes", "audiences", "places"])
def test_on_the_labelled_texts_no_confidence_promises_too_much(labels: pd.DataFrame, what: str) -> None:
    read = labels[labels.is_read & (labels.what == what)]

    assert read.confidence.mean() <= read.is_right.mean() + 0.02
