"""The pages, one module a noun; they show several steps at once, so they stand above all of them."""

from app.reports.views import release_areas, release_files
from app.reports.views.areas import bp as areas_bp
from app.reports.views.audit import bp as audit_bp
from app.reports.views.comparisons import bp as comparisons_bp
from app.reports.views.home import bp as home_bp
from app.reports.views.incidents import bp as incidents_bp
from app.reports.views.joint_needs import bp as joint_needs_bp
from app.reports.views.labels import bp as labels_bp
from app.reports.views.lives import bp as lives_bp
from app.reports.views.match_runs import bp as match_runs_bp
from app.reports.views.need_forms import bp as need_forms_bp
from app.reports.views.needs import bp as needs_bp
from app.reports.views.offer_forms import bp as offer_forms_bp
from app.reports.views.offers import bp as offers_bp
from app.reports.views.organizations import bp as organizations_bp
from app.reports.views.people import bp as people_bp
from app.reports.views.previews import bp as previews_bp
from app.reports.views.releases import bp as releases_bp
from app.reports.views.signatures import bp as signatures_bp
from app.reports.views.states import bp as states_bp

BLUEPRINTS = (
    home_bp,
    areas_bp,
    releases_bp,
    incidents_bp,
    states_bp,
    organizations_bp,
    people_bp,
    needs_bp,
    need_forms_bp,
    offers_bp,
    offer_forms_bp,
    lives_bp,
    labels_bp,
    signatures_bp,
    previews_bp,
    match_runs_bp,
    comparisons_bp,
    joint_needs_bp,
    audit_bp,
)

__all__ = ["BLUEPRINTS", "release_areas", "release_files"]
