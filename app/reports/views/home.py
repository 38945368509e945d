"""The start page, and where the data come from."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.actor import Actor
from app.areas import queries as areas
from app.areas.release_queries import find_draft, find_review
from app.clock import today_utc
from app.edge import request_actor, request_session
from app.matches import queries as matches
from app.needs import queries as needs
from app.needs.signatures import list_awaiting
from app.offers import queries as offers
from app.reports.next_steps import find_next_steps
from app.reports.sample import count_sample, has_sample
from app.reports.waiting import find_waiting
from app.states import queries as states

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Show what comes next to who writes for a State or a provider; what Tandem is, how much is in it, and the ways in."""
    session, actor = request_session(), request_actor()
    next_steps = find_next_steps(session, actor)
    figures = {} if next_steps else _figures(session, actor)
    return render_template(
        "home/index.html",
        title=gettext("What comes next") if next_steps else gettext("Needs meet offers, and every match says why"),
        next_steps=next_steps,
        run=matches.find_latest_run(session, actor),
        waiting=find_waiting(session, actor),
        signing=list_awaiting(session, actor),
        due=find_review(session, actor, today=today_utc()),
        draft=find_draft(session, actor),
        **figures,
    )


def _figures(session: Session, actor: Actor) -> dict[str, object]:
    """Return how much there is that the reader sees, and whether the sample is among it."""
    return {
        "n_needs": needs.count(session, actor),
        "n_offers": offers.count(session, actor),
        "shows_sample": has_sample(session, actor),
    }


@bp.get("/about-data")
def about_data() -> ResponseReturnValue:
    """Show where the data come from, how far they can be trusted, and under which licence they are."""
    session, actor = request_session(), request_actor()
    return render_template(
        "home/about_data.html",
        title=gettext("About the data"),
        n_states=states.count(session, actor),
        n_needs=needs.count(session, actor),
        n_offers=offers.count(session, actor),
        n_sample=count_sample(session, actor),
        release=areas.find_release(session, actor),
    )
