"""The errors that services raise; the edge turns each into a problem document or a page."""

from __future__ import annotations

from typing import ClassVar

from matching.sentences import Sentence


class AppError(Exception):
    """Something the caller can act on; the message says how."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request cannot be done"
    # Where an input is wrong in several places: a pointer to each, and what is wrong there.
    errors: list[dict[str, str]] | None = None

    def __init__(self, told: str | Sentence = "") -> None:
        """Take the message in English; as a sentence where pages show it, so that they can translate it."""
        super().__init__(str(told))
        self.sentence = told if isinstance(told, Sentence) else Sentence(message=told)


class NotFoundError(AppError):
    """There is no such record, or the actor may not know that there is."""

    code = "not_found"
    status = 404
    title = "Not found"


class UnauthenticatedError(AppError):
    """The request says that it comes from somebody, and does not prove it."""

    code = "unauthenticated"
    status = 401
    title = "Not logged in"


class ForbiddenError(AppError):
    """The actor may not do this."""

    code = "forbidden"
    status = 403
    title = "Not allowed"


class InvalidInputError(AppError):
    """An input does not hold what it has to."""

    code = "invalid_input"
    status = 422
    title = "The input is not valid"


class InvalidFieldError(InvalidInputError):
    """One field of an input does not hold what it has to."""

    def __init__(self, field: str, told: str | Sentence) -> None:
        super().__init__(told)
        self.field = field
        self.errors = [{"pointer": f"/json/{field}", "detail": str(self)}]


class ConflictError(AppError):
    """The records are not in the state that this step needs."""

    code = "conflict"
    status = 409
    title = "Not possible in the present state"


class InvalidSettingError(AppError):
    """A setting of the environment cannot be used; the message names it."""

    code = "invalid_setting"
    status = 500
    title = "A setting is not valid"
