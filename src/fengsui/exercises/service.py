"""Writes of exercises: drills: the same cases in exercise mode, injects and evaluation."""
