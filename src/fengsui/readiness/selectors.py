"""Reads of readiness: the plan in peacetime: yearly duties, training, resources, contacts kept fresh."""
