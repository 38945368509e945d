"""Areas as the API answers them, and what one may ask for."""

from __future__ import annotations

from marshmallow import fields

from app.fields import Output, PageQuery, text_field, titles_field


class AreaQuery(PageQuery):
    """Which areas are wanted."""

    text = text_field("What a title, the scope or a search term holds, in any of the six languages.")


class AreaSchema(Output):
    """An area of capacity-building or a subtopic of one."""

    code = fields.String()
    parent_code = fields.String(allow_none=True)
    titles = titles_field("title")
    scope = fields.String(attribute="scope_en")
    is_adjacent = fields.Boolean()
    since_release = fields.String()
    retired_in = fields.String(allow_none=True)
    successor_code = fields.String(allow_none=True)


class AreaTermSchema(Output):
    """A word or phrase by which texts speak of an area."""

    language = fields.String()
    term = fields.String()


class AreaLinkSchema(Output):
    """The entry of another taxonomy that covers the same ground."""

    scheme = fields.String()
    code = fields.String()
    title = fields.String(attribute="scheme_code.title")
    evidence = fields.String(attribute="scheme_code.evidence")


class IncidentAreaSchema(Output):
    """An area that helps with an incident."""

    area = fields.String(attribute="area_code")
    why = fields.String(attribute="why_en", metadata={"description": "What it does about it."})


class IncidentSchema(Output):
    """Something that happens to States, and the areas that help, that which helps most first."""

    code = fields.String()
    titles = titles_field("title")
    scope = fields.String(attribute="scope_en")
    areas = fields.List(fields.Nested(IncidentAreaSchema))


class AreaDetailSchema(AreaSchema):
    """An area with its search terms and its links to other taxonomies."""

    terms = fields.List(fields.Nested(AreaTermSchema))
    links = fields.List(fields.Nested(AreaLinkSchema))
