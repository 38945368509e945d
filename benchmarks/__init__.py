"""Measurements that anyone can repeat: how good the rankings are, beside what a good engineer would otherwise use."""
