"""People: who they are, what they are in which organization, and how they prove it."""
