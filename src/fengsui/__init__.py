"""Fengsui 烽燧: executes emergency plans written as data."""
