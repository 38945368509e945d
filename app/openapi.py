"""The JSON API under /api/v1: how an operation is declared, and the OpenAPI 3.1 document of all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Api, Blueprint
from flask_smorest.utils import get_appcontext
from flask_wtf.csrf import CSRFProtect
from marshmallow import fields
from werkzeug.exceptions import UnsupportedMediaType

from app.described import BINARY, FILE_NAME, LOCATION, NEXT_PAGE, REQUEST_ID
from app.edge import for_callers, request_actor
from app.errors import UnauthenticatedError
from app.fields import (
    IdempotencyHeader,
    Input,
    NoQuery,
    Output,
    PageInfo,
    PageQuery,
    Problem,
    Shown,
    ShownList,
    ShownObject,
)
from app.http import CodeConverter, HandleConverter
from app.jsonbodies import BodyParser
from app.links import link_operations
from app.paging import Page
from app.patterns import ENTITY_TAGS
from app.problems import PROBLEM_TYPE, listed_errors, problem_response
from app.security import CSRF_EXTENSION

METHODS_WITH_BODY: Final = frozenset({"POST", "PATCH"})
CHANGING_METHODS: Final = METHODS_WITH_BODY | {"DELETE"}
URL_PREFIX: Final = "/api/v1"
API_VERSION: Final = "1"

SECURITY_SCHEME: Final = "bearer"

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest publishes no types
    """The operations on one noun; to read is open to everybody, unless an operation says that it is not."""

    ARGUMENTS_PARSER = BodyParser()

    def __init__(self, noun: str, import_name: str, *, description: str) -> None:
        # The pages of the same noun are a blueprint of that name.
        super().__init__(f"api_{noun.replace('-', '_')}", import_name, url_prefix=URL_PREFIX, description=description)
        self.noun = noun
        self.before_request(_refuse_repeated_parameters)
        self.before_request(_refuse_other_media)

    def reads_one(
        self, rule: str, schema: type[Output], *, query: type[NoQuery] = NoQuery, is_public: bool = True
    ) -> Callable[[ViewT], ViewT]:
        """Declare an operation that answers one record, with an ETag; query parameters come by name."""

        def decorate(view: ViewT) -> ViewT:
            asked = view if is_public else for_callers(view)
            operation = self.response(HTTPStatus.OK, schema, headers=REQUEST_ID)(asked)
            operation = self.arguments(query, location="query", as_kwargs=True, unknown=None)(operation)
            operation = self.alt_response(HTTPStatus.NOT_FOUND, response="NOT_FOUND")(operation)
            self._declare(rule, self.etag(operation), view, is_public=is_public)
            return view

        return decorate

    def reads_page(
        self,
        rule: str,
        schema: type[Output],
        *,
        query: type[PageQuery] = PageQuery,
        is_within_record: bool = False,
        is_public: bool = True,
    ) -> Callable[[ViewT], ViewT]:
        """Declare an operation that answers a page of records; the view takes the query and returns a ``Page``.

        A list within a record, such as the matches of a run, is not found where the record is not. What is not public
        takes a token, and is refused to who has no permission for any of it.
        """

        def decorate(view: ViewT) -> ViewT:
            asked = view if is_public else for_callers(view)

            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> tuple[dict[str, Any], int, dict[str, str]]:  # noqa: ANN401 – whatever the view takes
                return _enveloped(asked(*args, **kwargs))

            operation = self.response(HTTPStatus.OK, _page_schema(schema), headers=REQUEST_ID | NEXT_PAGE)(answer)
            operation = self.arguments(query, location="query", unknown=None)(operation)
            operation = self.alt_response(HTTPStatus.BAD_REQUEST, response="BAD_REQUEST")(operation)
            if is_within_record:
                operation = self.alt_response(HTTPStatus.NOT_FOUND, response="NOT_FOUND")(operation)
            self._declare(rule, operation, view, is_public=is_public)
            return view

        return decorate

    def reads_file(self, rule: str, media_type: str, *, query: type[NoQuery] = NoQuery) -> Callable[[ViewT], ViewT]:
        """Declare an operation that answers a file of one kind, as a whole; the view returns the response."""

        def decorate(view: ViewT) -> ViewT:
            headers = REQUEST_ID | FILE_NAME
            operation = self.response(HTTPStatus.OK, BINARY, content_type=media_type, headers=headers)(view)
            operation = self.arguments(query, location="query", as_kwargs=True, unknown=None)(operation)
            for status in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
                operation = self.alt_response(status, response=status.name)(operation)
            self._declare(rule, operation, view)
            return view

        return decorate

    def creates(
        self, rule: str, schema: type[Output], *, given: type[Input], is_within_record: bool = False
    ) -> Callable[[ViewT], ViewT]:
        """Declare an operation that makes a record of a JSON object."""

        def decorate(view: ViewT) -> ViewT:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> tuple[Any, int, dict[str, str]]:  # noqa: ANN401 – whatever the view takes
                record = view(*args, **kwargs)
                return record, HTTPStatus.CREATED, {"Location": f"{request.path}/{record.id}"}

            operation = self.response(HTTPStatus.CREATED, schema, headers=REQUEST_ID | LOCATION)(answer)
            operation = self.arguments(given, location="json", unknown=None)(operation)
            operation = self.arguments(IdempotencyHeader, location="headers", as_kwargs=True)(operation)
            within = (HTTPStatus.NOT_FOUND,) if is_within_record else ()
            for status in (HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, *within):
                operation = self.alt_response(status, response=status.name)(operation)
            self._declare(rule, self.etag(operation), view, method="POST")
            return view

        return decorate

    def changes(self, rule: str, schema: type[Output], *, given: type[Input]) -> Callable[[ViewT], ViewT]:
        """Declare an operation that gives some fields of a record other values; the view calls ``check_etag``."""

        def decorate(view: ViewT) -> ViewT:
            operation = self.response(HTTPStatus.OK, schema, headers=REQUEST_ID)(view)
            operation = self.arguments(given, location="json", unknown=None)(operation)
            for status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
                operation = self.alt_response(status, response=status.name)(operation)
            self._declare(rule, self.etag(operation), view, method="PATCH")
            return view

        return decorate

    def ends(self, rule: str) -> Callable[[ViewT], ViewT]:
        """Declare an operation that ends something, and answers nothing."""

        def decorate(view: ViewT) -> ViewT:
            operation = self.response(HTTPStatus.NO_CONTENT, headers=REQUEST_ID)(view)
            for status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
                operation = self.alt_response(status, response=status.name)(operation)
            self._declare(rule, operation, view, method="DELETE")
            return view

        return decorate

    def _set_etag_in_response(self, response: Response) -> None:
        # The library raises 304 without the tag, and compares it letter by letter; RFC 9110 wants both otherwise:
        # a proxy that compresses makes a tag weak, and it still stands for the same record.
        response.set_etag(self._generate_etag(get_appcontext()["result_dump"]))
        response.make_conditional(request)

    def _declare(
        self,
        rule: str,
        operation: Callable[..., Any],
        view: Callable[..., Any],
        *,
        method: str = "GET",
        is_public: bool = True,
    ) -> None:
        first, *others = view.__name__.split("_")
        name = first + "".join(word.capitalize() for word in others)
        for status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.SERVICE_UNAVAILABLE):
            operation = self.alt_response(status, response=status.name)(operation)
        if method in METHODS_WITH_BODY:
            for status in (
                HTTPStatus.BAD_REQUEST,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            ):
                operation = self.alt_response(status, response=status.name)(operation)
        if not is_public:
            operation = self.alt_response(HTTPStatus.FORBIDDEN, response="FORBIDDEN")(operation)
        takes_token = method in CHANGING_METHODS or not is_public
        security: list[dict[str, list[str]]] = [{SECURITY_SCHEME: []}] if takes_token else []
        documented = self.doc(operationId=name, security=security)(operation)
        self.route(rule, tags=[self.noun], methods=[method])(documented)


class TandemApi(Api):  # type: ignore[misc]  # flask-smorest publishes no types
    """The API; its errors are documented as problem documents, and made by ``app.problems``."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to ``app.problems``."""

    def _register_pagination_header(self) -> None:
        """Leave out the header of the library's own paging, which no operation uses."""

    def _register_etag_headers(self) -> None:
        super()._register_etag_headers()
        parameters = self.spec.components.parameters_lazy
        for name, schema in (
            ("IF_MATCH", {"type": "string", "pattern": ENTITY_TAGS}),
            ("IF_NONE_MATCH", {"type": "string"}),
        ):
            told = {"description": "The ETag of what was read before.", "schema": schema}
            parameters[name] = parameters[name] | told

    def _register_responses(self) -> None:
        super()._register_responses()
        for name, response in self.spec.components.responses_lazy.items():
            content = response.pop("content", None)
            headers = REQUEST_ID | ({"ETag": {"$ref": "#/components/headers/ETAG"}} if name == "NOT_MODIFIED" else {})
            documented = response | {"headers": headers}
            if content:
                documented["content"] = {PROBLEM_TYPE: next(iter(content.values()))}
            self.spec.components.responses_lazy[name] = documented


def init_app(app: Flask, blueprints: Sequence[ApiBlueprint]) -> None:
    """Register the operations and serve their OpenAPI document."""
    app.config.update(
        API_TITLE="Tandem",
        API_VERSION=API_VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=URL_PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {
                "description": "Needs of States, offers of providers, and how they match. Who "
                "sends a token sees what the person may see for whom it acts.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "tags": [{"name": blueprint.noun, "description": blueprint.description} for blueprint in blueprints],
        },
    )
    if isinstance(app.json, DefaultJSONProvider):
        app.json.sort_keys = app.json.ensure_ascii = False
    api = TandemApi(app)
    api.spec.components.security_scheme(SECURITY_SCHEME, {"type": "http", "scheme": "bearer"})
    api.register_field(Shown, "string", None)
    api.register_field(ShownObject, "object", None)
    api.register_field(ShownList, "array", None)
    for kind in (CodeConverter, HandleConverter):
        api.register_converter(kind, lambda converter: {"type": "string", "pattern": f"^{converter.regex}$"})
    csrf: CSRFProtect = app.extensions[CSRF_EXTENSION]
    for blueprint in blueprints:
        # A browser sends no token by itself, so no other site can make one use the API.
        csrf.exempt(blueprint)
        api.register_blueprint(blueprint)
    link_operations(api.spec.to_dict()["paths"])


def _refuse_repeated_parameters() -> Response | None:
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if not repeated:
        return None
    messages = {"query": {name: ["Give this parameter once."] for name in repeated}}
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, errors=listed_errors(messages))


def _refuse_other_media() -> None:
    if request.method in CHANGING_METHODS and request_actor().user_id is None:
        raise UnauthenticatedError("A change needs a token: Authorization: Bearer TOKEN.")
    if request.method in METHODS_WITH_BODY and request.mimetype != "application/json":
        raise UnsupportedMediaType


def _page_schema(schema: type[Output]) -> Output:
    name = f"{schema.__name__.removesuffix('Schema')}Page"
    members = {"data": fields.List(fields.Nested(schema)), "page": fields.Nested(PageInfo)}
    page: Output = type(name, (Output,), members)()
    return page


def _enveloped(page: Page[Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    headers = {}
    if page.next_cursor:
        address = f"{request.path}?{urlencode(request.args.to_dict() | {'cursor': page.next_cursor})}"
        headers["Link"] = f'<{address}>; rel="next"'
    return {"data": page.items, "page": {"next": page.next_cursor}}, HTTPStatus.OK, headers
