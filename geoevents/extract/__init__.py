"""Clauses to events: triggers, actors, places, dates, casualties, attribution, modality, each in its module."""

from .events import MAX_SENTENCE, extract_events

__all__ = ["MAX_SENTENCE", "extract_events"]
