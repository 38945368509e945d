"""Step 3: runs of the matcher, their matches, unmet needs and tandems."""
