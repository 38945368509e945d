"""The audit trail: one event for every change, chained by hash."""
