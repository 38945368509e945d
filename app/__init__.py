"""Tandem's web application and its commands; this module only puts the parts together."""

from __future__ import annotations

import os

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, compression, edge, http, openapi, pages, problems, security
from app.accounts import authentication
from app.accounts import views as account_views
from app.accounts.api import blueprint as organizations_api
from app.accounts.views import identities
from app.areas.api import blueprint as areas_api
from app.assessments.api import blueprint as assessments_api
from app.assessments.api import questionnaires_blueprint
from app.assessments.statistic_api import statistics_blueprint
from app.assessments.views import bp as assessments_pages
from app.config import Settings, load_settings
from app.matches.answer_api import answers_blueprint
from app.matches.api import advice_blueprint, matches_blueprint, runs_blueprint, tandems_blueprint
from app.needs.api import blueprint as needs_api
from app.offers.api import blueprint as offers_api
from app.offers.label_api import labels_blueprint, principles_blueprint
from app.reports import views
from app.reports.audit_api import blueprint as audit_api
from app.reports.release_api import blueprint as area_releases_api
from app.states.api import blueprint as states_api

# Parts of the edge, in the order in which they see a request.
EDGE_PARTS = (compression, security, http, pages, authentication)

# The pages, one blueprint a subject.
BLUEPRINTS: tuple[Blueprint, ...] = (*account_views.BLUEPRINTS, assessments_pages, *views.BLUEPRINTS)

# The operations of the API, one blueprint a noun.
API_BLUEPRINTS = (
    states_api,
    areas_api,
    area_releases_api,
    questionnaires_blueprint,
    assessments_api,
    statistics_blueprint,
    needs_api,
    offers_api,
    labels_blueprint,
    principles_blueprint,
    runs_blueprint,
    matches_blueprint,
    tandems_blueprint,
    advice_blueprint,
    answers_blueprint,
    audit_api,
    organizations_api,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for the settings given, or for those of the environment.

    Raises
    ------
    InvalidSettingError
        When a setting of the environment cannot be used.
    """
    settings = load_settings(os.environ) if settings is None else settings
    app = Flask(__name__)
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["METRICS_TOKEN"] = settings.metrics_token
    app.config["TRUSTED_HOSTS"] = list(settings.hosts) or None
    if settings.n_proxies:
        # Only so many entries of the headers are believed: anybody can write more before them.
        n = settings.n_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n)  # type: ignore[method-assign]  # as Flask documents it
    edge.init_app(app, settings)
    for part in EDGE_PARTS:
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    identities.init_app(app, settings)
    openapi.init_app(app, API_BLUEPRINTS)
    # Last, because it leaves the errors of the pages to the handlers that are there already.
    problems.init_app(app)
    cli.init_app(app)
    return app
