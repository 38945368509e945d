"""The coach: nine checks of a draft need, the next best edit, and how many more offers would qualify after it."""
