"""What can go wrong when somebody logs in elsewhere; the message is a word for the log, never something that was sent."""

from __future__ import annotations

from app.errors import AppError


class OpenIdError(AppError):
    """Somebody could not be logged in with what the provider, or the browser, brought."""


class ProviderUnreachableError(OpenIdError):
    """The provider does not answer, or says that it cannot at present."""

    code = "provider_unreachable"
    status = 503
    title = "The provider cannot be reached"


class ProviderRefusedError(OpenIdError):
    """The provider did not let the person, or this service."""

    code = "provider_refused"
    status = 401
    title = "The provider refused"


class UnusableAnswerError(OpenIdError):
    """What the provider answered cannot be used: it is not what was asked for, or may not come from it."""

    code = "unusable_answer"
    status = 502
    title = "The provider's answer cannot be used"


class StrayAnswerError(OpenIdError):
    """What a browser brings belongs to no login that was begun in it and is open still."""

    code = "stray_answer"
    status = 400
    title = "No login was begun"


class UnknownIdentityError(OpenIdError):
    """The identity is linked to no account that one could log in to."""

    code = "unknown_identity"
    status = 401
    title = "Not linked to an account"
