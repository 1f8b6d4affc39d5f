"""Writes of watch: monitoring and early warning: sightings come in, warnings are opened as cases."""
