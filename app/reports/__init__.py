"""Read-only pages, exports and statistics over all steps."""
