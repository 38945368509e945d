"""What pages call the places where a record stands, and the steps that are taken with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.organizations.lives import Status
from app.organizations.transitions import Action
from matching.sentences import N_

STATUSES: Final[Mapping[str, str]] = {
    Status.DRAFT: N_("draft"),
    Status.SUBMITTED: N_("submitted"),
    Status.UNDER_REVIEW: N_("under review"),
    Status.PUBLISHED: N_("published"),
    Status.MATCHED: N_("matched"),
    Status.FULFILLED: N_("fulfilled"),
    Status.WITHDRAWN: N_("withdrawn"),
    Status.EXPIRED: N_("expired"),
    Status.ASLEEP: N_("asleep"),
}

STATUS_SENTENCES: Final[Mapping[str, str]] = {
    Status.DRAFT: N_("A draft: nobody else sees it."),
    Status.SUBMITTED: N_("Submitted: the secretariat reads it first."),
    Status.UNDER_REVIEW: N_("Under review: the secretariat is reading it."),
    Status.PUBLISHED: N_("Published: it takes part in match runs."),
    Status.MATCHED: N_("Matched: somebody meets it, so it takes no part in match runs."),
    Status.FULFILLED: N_("Fulfilled: it was met."),
    Status.WITHDRAWN: N_("Withdrawn: nobody else sees it any more."),
    Status.EXPIRED: N_("Expired: its last day is over. Give it a later one if it still stands."),
    Status.ASLEEP: N_("Asleep: nobody has confirmed or changed it for a year, so it takes no part in match runs."),
}

STEPS: Final[Mapping[str, str]] = {
    Action.SUBMIT: N_("Submit it to the secretariat"),
    Action.TAKE_UP: N_("Begin to read it"),
    Action.APPROVE: N_("Approve and publish it"),
    Action.SEND_BACK: N_("Send it back"),
    Action.TAKE_BACK: N_("Take it back"),
    Action.PUBLISH: N_("Publish it"),
    Action.CONFIRM: N_("It still stands"),
    Action.MATCH: N_("Somebody meets it"),
    Action.PART: N_("They do not meet it after all"),
    Action.FULFIL: N_("It was met"),
    Action.WITHDRAW: N_("Withdraw it"),
    Action.REOPEN: N_("Make it a draft again"),
}

LABEL_STATES: Final[Mapping[str, str]] = {
    "in_force": N_("labelled"),
    "changed": N_("labelled, and changed since"),
    "none": N_("without a label"),
}

LABEL_STEPS: Final[Mapping[str, str]] = {
    "grant": N_("Grant the label"),
    "confirm": N_("Confirm it as the offer is now"),
    "withdraw": N_("Withdraw the label"),
}

SECTIONS: Final[Mapping[str, str]] = {
    "process": N_("Process and purpose"),
    "partnerships": N_("Partnerships"),
    "people": N_("People"),
}

CONSENTS: Final[Mapping[str, str]] = {
    "named": N_("named, and not asked"),
    "asked": N_("asked, and has not answered yet"),
    "signed": N_("has signed"),
    "outdated": N_("signed what it said before; has to sign again"),
    "declined": N_("has declined"),
    "left": N_("has left"),
}

SIGNATURE_STEPS: Final[Mapping[str, str]] = {
    "ask": N_("Ask for its signature"),
    "sign": N_("Sign for your State"),
    "decline": N_("Decline"),
    "leave": N_("Leave"),
}

SIGNED_FIELDS: Final[Mapping[str, str]] = {
    "title": N_("Title"),
    "description": N_("Description"),
    "states": N_("State"),
    "area_codes": N_("Areas"),
    "modes": N_("Mode of support"),
    "languages": N_("Languages"),
    "earliest_on": N_("Not before"),
    "latest_on": N_("By when"),
    "priority": N_("Priority"),
    "gap": N_("Gap to the target"),
    "budget": N_("Sum sought"),
    "currency": N_("Currency"),
    "audience": N_("For whom"),
    "outcome": N_("Outcome sought"),
    "underway": N_("Already under way"),
    "source_url": N_("Source"),
    "stated_on": N_("Stated"),
}

ASSESSMENT_STATES: Final[Mapping[str, str]] = {
    "draft": N_("draft"),
    "submitted": N_("submitted"),
    "withdrawn": N_("withdrawn"),
}
