"""One factory a model: each stores the valid, ordinary case, and a test names only what matters to it."""

from tests.factories.areas import create_area, create_area_change, create_incident, create_release, create_scheme_code
from tests.factories.assessments import create_answer, create_assessment, create_questionnaire, create_share
from tests.factories.audit import create_audit_event
from tests.factories.labels import create_checked_principle, create_label, create_principle
from tests.factories.matches import (
    create_match,
    create_match_run,
    create_match_run_file,
    create_scoring_profile,
    create_tandem,
    create_unmet_need,
)
from tests.factories.organizations import create_organization
from tests.factories.records import create_need, create_offer, create_signature
from tests.factories.states import create_group, create_membership, create_state

__all__ = [
    "create_answer",
    "create_area",
    "create_area_change",
    "create_assessment",
    "create_audit_event",
    "create_checked_principle",
    "create_group",
    "create_incident",
    "create_label",
    "create_match",
    "create_match_run",
    "create_match_run_file",
    "create_membership",
    "create_need",
    "create_offer",
    "create_organization",
    "create_principle",
    "create_questionnaire",
    "create_release",
    "create_scheme_code",
    "create_scoring_profile",
    "create_share",
    "create_signature",
    "create_state",
    "create_tandem",
    "create_unmet_need",
]
