"""Pages of the areas of capacity-building: the tree, and one area with its needs and offers."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.areas import queries as areas
from app.areas.models import Area, AreaLink
from app.areas.release_queries import find_draft, find_review
from app.clock import today_utc
from app.edge import request_actor, request_session
from app.matches import queries as matches
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.offers import queries as offers
from app.offers.queries import OfferFilter
from app.paging import PageRequest
from app.reports.exports import ExportName, open_table
from app.reports.outcomes import outcome_by_need_id
from app.reports.sample import has_sample, holds_sample
from app.reports.views.common import csv_addresses, page_names, read_filters
from app.reports.views.tables import Opener, chosen_table, requested_table

N_SHOWN: Final = 10  # needs and offers on the page of an area; the lists have the rest

bp = Blueprint("areas", __name__, url_prefix="/areas")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the tree of areas with how many needs and offers there are in each."""
    session, actor = request_session(), request_actor()
    filters = read_filters({"text": None})
    if "format" in request.args:
        return requested_table(ExportName.AREAS, filters["text"])
    return render_template(
        "areas/index.html",
        title=gettext("Areas of capacity-building"),
        names=page_names(),
        filters=filters,
        tree=areas.list_tree(session, actor, text=filters["text"]),
        release=areas.find_release(session, actor),
        n_needs_by_area=needs.count_by_area(session, actor),
        n_offers_by_area=offers.count_by_area(session, actor),
        shows_sample=has_sample(session, actor),
        due=find_review(session, actor, today=today_utc()),
        draft=find_draft(session, actor),
        csv_address=csv_addresses(filters),
    )


@bp.get("/<code:code>")
def show(code: str) -> ResponseReturnValue:
    """Show an area: what it covers, what others call it, and its needs and offers."""
    session, actor, names = request_session(), request_actor(), page_names()
    area = areas.get_area(session, actor, code)
    if "format" in request.args:
        return chosen_table(_tables_of(area))
    first = PageRequest(limit=N_SHOWN)
    need_page = needs.list_page(session, actor, first, NeedFilter(area=area.code))
    offer_page = offers.list_page(session, actor, first, OfferFilter(area=area.code))
    run = matches.find_latest_run(session, actor)
    return render_template(
        "areas/show.html",
        title=names.area(area.code),
        names=names,
        area=area,
        children=areas.list_children(session, actor, area.code),
        links_by_scheme=_links_by_scheme(area),
        needs=need_page.items,
        n_needs=needs.count(session, actor, NeedFilter(area=area.code)),
        outcome_by_need_id=outcome_by_need_id(session, actor, run, [need.id for need in need_page.items]),
        offers=offer_page.items,
        csv_address_of=lambda table: csv_addresses(table=table),
        n_offers=offers.count(session, actor, OfferFilter(area=area.code)),
        shows_sample=holds_sample(need_page.items, offer_page.items),
    )


def _tables_of(area: Area) -> dict[str, Opener]:
    needed, offered = NeedFilter(area=area.code), OfferFilter(area=area.code)
    return {
        "needs": lambda session, actor: open_table(session, actor, ExportName.NEEDS, needed),
        "offers": lambda session, actor: open_table(session, actor, ExportName.OFFERS, offered),
    }


def _links_by_scheme(area: Area) -> list[tuple[str, list[AreaLink]]]:
    return [(scheme, list(links)) for scheme, links in groupby(area.links, key=lambda link: link.scheme)]
