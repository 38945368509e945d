"""`flask labels`: how offers stand to the principles, and granting a label or withdrawing it for the secretariat."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from app.actor import SYSTEM
from app.cli.common import reported_errors
from app.edge import current_database
from app.offers.checklists import Line, change_checklist
from app.offers.labels import LabelAction, LabelDecision, decide_on_label
from app.offers.models import LabelState
from app.offers.principles import list_principles
from app.offers.queries import OfferFilter, get_offer, iter_rows

labels_group = AppGroup(
    "labels", help="The principles of capacity-building, and the labels of offers in line with them."
)

ANSWERS = {"met": True, "not-met": False, "not-said": None}


@labels_group.command("list")
@click.option(
    "--label",
    type=click.Choice([state.value for state in LabelState]),
    default=LabelState.IN_FORCE.value,
    help="Those with a label (the default), those alone that changed since, or those without one.",
)
@reported_errors
def list_all(label: str) -> None:
    """List offers, one a line: id, organization, day of the label, whether the offer changed since; nothing of what they say."""
    with current_database().reading() as session:
        for offer in iter_rows(session, SYSTEM, OfferFilter(label=LabelState(label))):
            own = offer.label
            granted, state = ("-", LabelState.NONE) if own is None else (own.granted_on.isoformat(), own.state)
            click.echo("\t".join((str(offer.id), offer.organization.code, granted, state.value)))


@labels_group.command("principles")
@reported_errors
def principles() -> None:
    """List the principles, one a line: code and title."""
    with current_database().reading() as session:
        for principle in list_principles(session):
            click.echo(f"{principle.code}\t{principle.title_en}")


@labels_group.command("check")
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@click.argument("principle")
@click.argument("answer", type=click.Choice(list(ANSWERS)))
@click.option("--how", default="", help="How the offer meets it, or why not.")
@reported_errors
def check(offer_id: UUID, principle: str, answer: str, how: str) -> None:
    """Say for the provider whether an offer meets a principle."""
    line = Line(principle=principle, is_met=ANSWERS[answer], how=how)
    with current_database().unit_of_work() as session:
        offer = get_offer(session, SYSTEM, offer_id, is_locked=True)
        checklist = change_checklist(session, SYSTEM, offer, [line])
    n_met = sum(one.is_met is True for one in checklist.lines)
    click.echo(f"The offer meets {n_met} of {len(checklist.lines)} principles, as its provider says.")


@labels_group.command("grant")
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@click.option("--reason", required=True, help="Why; whoever sees the offer reads it.")
@reported_errors
def grant(offer_id: UUID, reason: str) -> None:
    """Grant the label to an offer."""
    _decide(offer_id, LabelAction.GRANT, reason)


@labels_group.command("confirm")
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@click.option("--reason", required=True, help="Why; whoever sees the offer reads it.")
@reported_errors
def confirm(offer_id: UUID, reason: str) -> None:
    """Confirm the label for an offer as it is now."""
    _decide(offer_id, LabelAction.CONFIRM, reason)


@labels_group.command("withdraw")
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@click.option("--reason", required=True, help="Why; who keeps the offer and the secretariat read it.")
@reported_errors
def withdraw(offer_id: UUID, reason: str) -> None:
    """Withdraw the label of an offer."""
    _decide(offer_id, LabelAction.WITHDRAW, reason)


def _decide(offer_id: UUID, action: LabelAction, reason: str) -> None:
    with current_database().unit_of_work() as session:
        offer = get_offer(session, SYSTEM, offer_id, is_locked=True)
        standing = decide_on_label(session, SYSTEM, offer, LabelDecision(action=action, reason=reason))
    label = standing.label
    click.echo("The offer has no label." if label is None else f"The offer has the label of {label.granted_on}.")
