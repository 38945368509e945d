"""Links of the OpenAPI document: what can be asked next with the id and the tag that an operation answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ETAG: Final = "$response.header.ETag"
CREATED: Final = "201"
OK: Final = "200"

Operation = Mapping[str, Any]
Paths = Mapping[str, Mapping[str, Operation]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A response that names a record: where its id stands, and whether the record's tag comes with it."""

    response: dict[str, Any]
    id_pointer: str
    has_tag: bool = True


def link_operations(paths: Paths) -> None:
    """Link what answers records (the list, the making, the reading, the change of one) to what takes the id of one."""
    for path, record in paths.items():
        collection, _, parameter = path.rpartition("/{")
        name = parameter.removesuffix("}")
        if not name.isidentifier() or collection not in paths:
            continue
        targets = list(_targets(paths, path))
        for source in _sources(paths[collection], record, name):
            links = source.response.setdefault("links", {})
            for target, is_change in targets:
                tag = {"header.If-Match": ETAG} if is_change else {}
                if source.has_tag or not is_change:
                    links[target] = {"operationId": target, "parameters": {f"path.{name}": source.id_pointer} | tag}


def _sources(collection: Mapping[str, Operation], record: Mapping[str, Operation], name: str) -> Iterator[_Source]:
    field = "id" if name.endswith("_id") else name
    if "get" in collection:
        yield _Source(
            response=collection["get"]["responses"][OK], id_pointer=f"$response.body#/data/0/{field}", has_tag=False
        )
    if "post" in collection:
        yield _Source(response=collection["post"]["responses"][CREATED], id_pointer=f"$response.body#/{field}")
    for method in ("get", "patch"):
        if method in record:
            yield _Source(response=record[method]["responses"][OK], id_pointer=f"$request.path.{name}")


def _targets(paths: Paths, path: str) -> Iterator[tuple[str, bool]]:
    """Yield the operations that need nothing more than the id of a record, and whether they change it."""
    for other, item in paths.items():
        if other == path or (other.startswith(f"{path}/") and other.count("{") == path.count("{")):
            for method in ("get", "patch"):
                if method in item and not any(map(_is_asked_for, item[method].get("parameters", ()))):
                    yield item[method]["operationId"], method == "patch"


def _is_asked_for(parameter: Any) -> bool:  # noqa: ANN401 – an object, or what is to be looked up under a name
    return isinstance(parameter, Mapping) and parameter.get("in") == "query" and bool(parameter.get("required"))
