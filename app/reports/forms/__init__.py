"""Forms in which records are written: their fields, what was typed into them, and what is wrong with it."""
