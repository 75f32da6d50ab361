"""Clauses to events: triggers, actors, places, dates, casualties, attribution, modality, each in its module."""

from .events import extract_events

__all__ = ["extract_events"]
