"""What the papers say themselves, beside the words of the questionnaire and of the State."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from flask_babel import force_locale, gettext

from app.assessments.questionnaires import ENGLISH, Texts
from matching.sentences import N_

WORDS: Final[Mapping[str, str]] = {
    # The columns of the workbook and the fields of the form, by the name that a file has for them.
    "item": N_("Code"),
    "title": N_("Subject"),
    "question": N_("Question"),
    "current": N_("Now"),
    "target": N_("Aim"),
    "priority": N_("Priority"),
    "status": N_("How far"),
    "in_place": N_("What is in place"),
    "challenges": N_("Challenges"),
    "obstacles": N_("What stands in the way"),
    "gaps": N_("Which capacity is missing"),
    "evidence": N_("Documents"),
    # The sheets of the workbook.
    "answers": N_("Answers"),
    "stages": N_("Stages"),
    "lists": N_("Lists"),
    "how_to": N_("How to fill it in"),
    # The titles of the papers.
    "form": N_("Self-assessment form"),
    "report": N_("National implementation report"),
    "gap_profile": N_("Gap profile"),
    # What stands around them.
    "as_of": N_("As of"),
    "release": N_("Questionnaire"),
    "draft": N_("Draft: not submitted by the State"),
    "withdrawn": N_("Withdrawn by the State"),
    "submitted": N_("Submitted"),
    "page": N_("Page"),
    "is_part": N_("Only what the State shows to the reader for whom this was made stands here."),
    "help": N_("Help"),
    "meaning": N_("Meaning"),
    "stage": N_("Stage"),
    "statuses": N_("How far something has been put into practice"),
    "area": N_("Area"),
    "last": N_("Last time"),
    "from_topics": N_("from its topics"),
    "where": N_("Where the State stands"),
    "gaps_first": N_("Gaps, those to close first at the top"),
    "gaps_rule": N_("By the stages to climb times how urgent it is; 3 where that was not said."),
    "no_gaps": N_("No gap yet: say of an area where the State stands now and where it wants to be."),
    "more_gaps": N_("More gaps of less weight stand in the report."),
    "no_answers": N_("Nothing was answered yet."),
    "contents": N_("Contents"),
    "choose_stage": N_("Tick one stage for now and one for the aim."),
    "choose_status": N_("Tick one."),
    "priority_scale": N_("How urgent it is to close the gap, 5 the most urgent"),
    "several": N_("Several with a semicolon between them; what each means stands on the sheet of the lists."),
    "one_address": N_("One address a line"),
}
"""Each by the name under which the templates ask for it."""

LEFT_BLANK: Final = N_("Left blank, and not here: %(n)s of %(all)s items.")
FORM_RULES: Final = (
    N_("Nothing has to be answered; what is left empty is not said."),
    N_("Answers are as private as they are in Tandem: pass this paper on to those alone who may see them."),
)
WORKBOOK_RULES: Final = (
    N_("Fill in the white cells of the first sheet. Nothing has to be answered; an empty cell says nothing."),
    N_("For an area or topic choose where the State stands now and where it wants to be, each from 1 to 5."),
    N_("For a question of law, a norm or a measure choose how far it has been put into practice, from 0 to 4."),
    N_("What each stage looks like stands on the sheet of the stages; the code of an item leads there."),
    N_(
        "Several challenges go into one cell with a semicolon between them; their codes stand on the sheet of the lists."
    ),
    N_("Several addresses of documents go into one cell, each on a line of its own or with a semicolon between them."),
    N_("Rows that begin with # are for people and are not read. Leave the first row and the codes as they are."),
    N_("To take the answers in, send the file on the page of the assessment: it shows first what would change."),
    N_("Answers are as private as they are in Tandem: pass this file on to those alone who may see them."),
)


@contextmanager
def spoken_in(language: str) -> Iterator[None]:
    """Let sentences, days and numbers be in a language; English is written as the United Nations write it."""
    with force_locale("en_GB" if language == ENGLISH else language):
        yield


def words_in(language: str) -> Mapping[str, Texts]:
    """Return all of these words in a language."""
    with spoken_in(language):
        return {name: said(language, word) for name, word in WORDS.items()}


def said(language: str, message: str, **values: object) -> Texts:
    """Return a sentence in the language that is spoken, or in English where it was not translated yet."""
    translated = str(gettext(message, **values))
    english = message % values if values else message
    return Texts(by_language={ENGLISH: english} if translated == english else {language: translated})
