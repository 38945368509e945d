"""`flask status`: where needs and offers stand in their life, and doing something with one of them."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from app.actor import SYSTEM
from app.cli.common import reported_errors
from app.clock import today_utc
from app.edge import current_database
from app.matches.agreements import agree, find_places
from app.needs.queries import get_need
from app.offers.queries import get_offer
from app.organizations.lives import Status
from app.organizations.moves import Move, move_record
from app.organizations.transitions import Action
from app.reports.lives import KIND_BY_NOUN
from matching.vocabulary import Visibility

status_group = AppGroup("status", help="Where needs and offers stand: drafted, submitted, published, asleep.")


@status_group.command("list")
@click.argument("noun", type=click.Choice(list(KIND_BY_NOUN)))
@click.option(
    "--status", type=click.Choice([word.value for word in Status]), help="Those alone that stand there today."
)
@reported_errors
def list_all(noun: str, status: str | None) -> None:
    """List the needs or offers, one a line: id, organization, status, day of falling asleep; nothing of what they say."""
    kind, today = KIND_BY_NOUN[noun], today_utc()
    wanted = kind.wanted(status=None if status is None else Status(status))
    with current_database().reading() as session:
        for row in kind.rows(session, SYSTEM, wanted):
            stands = row.status_on(today)
            sleeps = row.sleeps_on().isoformat() if stands is Status.PUBLISHED else "-"
            click.echo("\t".join((str(row.id), row.organization.code, stands.value, sleeps)))


@status_group.command("move")
@click.argument("noun", type=click.Choice(list(KIND_BY_NOUN)))
@click.argument("record_id", type=click.UUID, metavar="ID")
@click.argument("action", type=click.Choice([word.value for word in Action]))
@click.option(
    "--visibility",
    type=click.Choice([word.value for word in Visibility]),
    help="Whom it is for; asked for to submit and to publish.",
)
@click.option("--reason", default="", help="Why it is sent back.")
@reported_errors
def move(noun: str, record_id: UUID, action: str, visibility: str | None, reason: str) -> None:
    """Do something with the need or offer of that id, for those who answer for it."""
    kind = KIND_BY_NOUN[noun]
    wanted = Move(action=Action(action), visibility=Visibility(visibility) if visibility else None, reason=reason)
    with current_database().unit_of_work() as session:
        record = kind.get(session, SYSTEM, record_id, is_locked=True)
        standing = move_record(session, SYSTEM, kind.life, record, wanted)
    click.echo(f"The {noun} is {standing.status.value}; seen by: {standing.visibility.value}.")


@status_group.command("agree")
@click.argument("need_id", type=click.UUID, metavar="NEED")
@click.argument("offer_id", type=click.UUID, metavar="OFFER")
@reported_errors
def agree_on(need_id: UUID, offer_id: UUID) -> None:
    """Note that the offer of that id meets the need of that id, as both sides have said."""
    with current_database().unit_of_work() as session:
        agree(session, SYSTEM, get_need(session, SYSTEM, need_id, is_locked=True), offer_id)
        places = find_places(session, SYSTEM, get_offer(session, SYSTEM, offer_id))
    click.echo(f"The need is matched; places left of the offer: {places.n_left} of {places.offer.capacity}.")
