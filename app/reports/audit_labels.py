"""What people call what happened to a record, and the types of records, in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from matching.sentences import N_

RECORD_TYPES: Final[Mapping[str, str]] = {
    "need": N_("Need"),
    "assessment": N_("Self-assessment"),
    "offer": N_("Offer"),
    "match_run": N_("Match run"),
    "user": N_("Person"),
    "api_token": N_("Token"),
    "security_key": N_("Security key or passkey"),
    "data_keys": N_("Keys of what is sealed"),
    "organization": N_("Organization"),
    "state": N_("State"),
    "group": N_("Group of States"),
    "area": N_("Area"),
    "area_release": N_("Release of the areas"),
    "incident": N_("Incident"),
    "questionnaire": N_("Questionnaire"),
    "scheme": N_("Scheme of others"),
    "scoring_profile": N_("Profile of weights"),
}

ACTIONS: Final[Mapping[str, str]] = {
    "need.registered": N_("Need registered"),
    "need.updated": N_("Need changed"),
    "need.sample_registered": N_("Need taken from a public statement"),
    "need.sample_updated": N_("Need brought up to date with a public statement"),
    "assessment.begun": N_("Self-assessment begun"),
    "assessment.answered": N_("Answer of a self-assessment changed"),
    "assessment.submitted": N_("Self-assessment submitted"),
    "assessment.reopened": N_("Self-assessment opened again"),
    "assessment.shared": N_("Part of a self-assessment shown"),
    "assessment.share_ended": N_("Part of a self-assessment shown no longer"),
    "assessment.withdrawn": N_("Self-assessment withdrawn"),
    "offer.registered": N_("Offer registered"),
    "offer.updated": N_("Offer changed"),
    "offer.sample_registered": N_("Offer taken from a public statement"),
    "offer.sample_updated": N_("Offer brought up to date with a public statement"),
    "match_run.recorded": N_("Match run made"),
    "user.registered": N_("Person added"),
    "user.affiliated": N_("Person given a role"),
    "user.disaffiliated": N_("Role taken from a person"),
    "user.disabled": N_("Account disabled"),
    "user.enabled": N_("Account opened again"),
    "user.logged_in": N_("Logged in"),
    "user.login_failed": N_("Login failed"),
    "user.logged_in_elsewhere": N_("Logged in with another service"),
    "user.logged_in_with_key": N_("Logged in with a passkey"),
    "user.proof_failed": N_("Present password not shown"),
    "user.refused": N_("Tried what is not allowed"),
    "user.session_ended": N_("Logged out"),
    "user.invitation_issued": N_("Invitation issued"),
    "user.password_reset_issued": N_("Link for a new password issued"),
    "user.password_chosen": N_("Password chosen"),
    "user.password_changed": N_("Password changed"),
    "user.second_factor_set_up": N_("Second factor set up"),
    "user.second_factor_removed": N_("Second factor removed"),
    "user.second_factor_shown": N_("Second factor shown"),
    "user.second_factor_failed": N_("Second factor failed"),
    "user.recovery_code_used": N_("Recovery code used"),
    "user.security_key_shown": N_("Security key shown"),
    "user.security_key_refused": N_("Security key refused"),
    "user.identity_linked": N_("Login of another service linked"),
    "user.identity_unlinked": N_("Login of another service unlinked"),
    "security_key.added": N_("Security key or passkey added"),
    "security_key.removed": N_("Security key or passkey removed"),
    "security_key.copied": N_("Security key or passkey answered like a copy"),
    "data_keys.resealed": N_("Sealed with a new key"),
    "api_token.issued": N_("Token issued"),
    "api_token.revoked": N_("Token revoked"),
    "organization.registered": N_("Organization registered"),
    "state.registered": N_("State registered"),
    "state.updated": N_("State changed"),
    "group.registered": N_("Group registered"),
    "group.updated": N_("Group changed"),
    "area.registered": N_("Area registered"),
    "area.updated": N_("Area changed"),
    "area_release.registered": N_("Release of the areas registered"),
    "area_release.updated": N_("Release of the areas changed"),
    "incident.registered": N_("Incident registered"),
    "incident.updated": N_("Incident changed"),
    "questionnaire.registered": N_("Questionnaire registered"),
    "questionnaire.updated": N_("Questionnaire changed"),
    "scheme.registered": N_("Scheme registered"),
    "scheme.updated": N_("Scheme changed"),
    "scoring_profile.registered": N_("Profile of weights registered"),
}


def actions_on(record_types: tuple[str, ...]) -> Mapping[str, str]:
    """Return what may happen to records of these types, with the labels."""
    return {action: label for action, label in ACTIONS.items() if action.partition(".")[0] in record_types}
