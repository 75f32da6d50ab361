"""One small transformer for all that is read off a text's words: names, tags, sentences, trees, places of events."""

from .links import link_scores
from .tellings import Tellings, find_tellings

__all__ = ["PLACES", "Tellings", "find_tellings", "link_scores"]

PLACES = "places"
"""Key of doc.spans: all names of places and peoples, also those inside other names."""
