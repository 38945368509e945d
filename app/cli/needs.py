"""`flask needs`: which States file a need together, asking, signing, declining or leaving for one; and what is under way."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from app.actor import SYSTEM
from app.cli.common import reported_errors
from app.edge import current_database
from app.matches.underway import list_under_way
from app.needs.queries import get_need
from app.needs.signatures import SignatureAction, signatures_of
from app.needs.signing import SignatureOrder, take_step
from matching.vocabulary import Visibility

needs_group = AppGroup("needs", help="Needs that several States file together, and what is under way beside a need.")


@needs_group.command("signatures")
@click.argument("need_id", type=click.UUID, metavar="NEED")
@reported_errors
def list_signatures(need_id: UUID) -> None:
    """List the States that have to sign a need beside its keeper's, one a line: code, what it said, up to which circle."""
    with current_database().reading() as session:
        for row in signatures_of(session, SYSTEM, get_need(session, SYSTEM, need_id)).shown:
            circle = "-" if row.told.visibility is None else row.told.visibility.value
            click.echo("\t".join((row.told.state, row.told.consent.value, circle, ",".join(row.told.changed) or "-")))


@needs_group.command("under-way")
@click.argument("need_id", type=click.UUID, metavar="NEED")
@reported_errors
def list_work_under_way(need_id: UUID) -> None:
    """List what else the States of a need ask for in its areas, one a line: id, status, offer that meets it, title."""
    with current_database().reading() as session:
        for work in list_under_way(session, SYSTEM, need_id):
            offer = "-" if work.offer is None else str(work.offer.id)
            click.echo("\t".join((str(work.need.id), work.status.value, offer, work.need.title)))


@needs_group.command("ask")
@click.argument("need_id", type=click.UUID, metavar="NEED")
@click.argument("state")
@reported_errors
def ask(need_id: UUID, state: str) -> None:
    """Ask a State that the need names for its signature, for those who keep the need."""
    _take(need_id, SignatureOrder(state=state, action=SignatureAction.ASK))


@needs_group.command("sign")
@click.argument("need_id", type=click.UUID, metavar="NEED")
@click.argument("state")
@click.option(
    "--visibility",
    required=True,
    type=click.Choice([word.value for word in Visibility if word is not Visibility.PRIVATE]),
    help="The widest circle to which the State agrees that the need is shown.",
)
@reported_errors
def sign(need_id: UUID, state: str, visibility: str) -> None:
    """Note that a State that was asked has signed the need as it is, as its ministry has said."""
    _take(need_id, SignatureOrder(state=state, action=SignatureAction.SIGN, visibility=Visibility(visibility)))


@needs_group.command("decline")
@click.argument("need_id", type=click.UUID, metavar="NEED")
@click.argument("state")
@click.option("--reason", default="", help="Why, if it wants to say so.")
@reported_errors
def decline(need_id: UUID, state: str, reason: str) -> None:
    """Note that a State that was asked does not file the need; one that others see goes back to its keeper."""
    _take(need_id, SignatureOrder(state=state, action=SignatureAction.DECLINE, reason=reason))


@needs_group.command("leave")
@click.argument("need_id", type=click.UUID, metavar="NEED")
@click.argument("state")
@click.option("--reason", default="", help="Why, if it wants to say so.")
@reported_errors
def leave(need_id: UUID, state: str, reason: str) -> None:
    """Note that a State that has signed files the need no longer; one that others see goes back to its keeper."""
    _take(need_id, SignatureOrder(state=state, action=SignatureAction.LEAVE, reason=reason))


def _take(need_id: UUID, order: SignatureOrder) -> None:
    with current_database().unit_of_work() as session:
        need = get_need(session, SYSTEM, need_id, is_locked=True)
        take_step(session, SYSTEM, need, order)
        found = signatures_of(session, SYSTEM, get_need(session, SYSTEM, need_id))
        standing = need.status.value
    told = ", ".join(f"{row.told.state} {row.told.consent.value}" for row in found.shown)
    click.echo(f"The need is {standing}; {told}.")
