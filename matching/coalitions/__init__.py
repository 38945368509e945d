"""Coalitions: several offers that serve one need in parts.

The modules in reading order: parts, options, forming.
"""

from matching.coalitions.forming import form_coalitions

__all__ = ["form_coalitions"]
