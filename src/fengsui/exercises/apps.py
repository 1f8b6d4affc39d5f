"""Registers exercises: drills: the same cases in exercise mode, injects and evaluation."""

from django.apps import AppConfig


class ExercisesConfig(AppConfig):
    """Tells Django where exercises lives."""

    name = "fengsui.exercises"
    label = "exercises"
    default_auto_field = "django.db.models.BigAutoField"
