"""Fengsui 烽燧 executes emergency plans written as data."""

__version__ = "0.1.0"
