"""All tables in one place, for the migrations and for whoever needs the whole schema."""

from __future__ import annotations

from app.accounts import identity_models as identities
from app.accounts import models as accounts
from app.areas import models as areas
from app.assessments import models as assessments
from app.assessments import statistic_models as statistics
from app.audit import models as audit
from app.db import Base
from app.matches import answer_models as answers
from app.matches import models as matches
from app.needs import models as needs
from app.offers import models as offers
from app.organizations import models as organizations
from app.states import models as states

MODEL_MODULES = (
    states,
    areas,
    organizations,
    accounts,
    identities,
    assessments,
    statistics,
    needs,
    offers,
    matches,
    answers,
    audit,
)
METADATA = Base.metadata
