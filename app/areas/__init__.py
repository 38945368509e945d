"""Step 1: the shared, versioned areas of capacity-building."""
