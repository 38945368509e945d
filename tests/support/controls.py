"""The controls of a form, as a browser without script reads them."""

from __future__ import annotations

from xml.etree.ElementTree import Element


def sent(control: Element) -> list[str]:
    """Return the values that a browser sends of a control as it stands in a page."""
    if not control.get("name"):
        return []
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = options[:1]
        return [one.get("value", "") for one in chosen]
    if control.tag == "textarea":
        return [control.text or ""]
    if control.tag != "input":
        return []
    is_off = control.get("type") in ("checkbox", "radio") and control.get("checked") is None
    return [] if is_off else [control.get("value", "")]
