"""States and the groups they belong to: reference data with names in six languages."""
