"""One small transformer for all that is read off a text's words: names, tags, sentences, trees, places of events."""

from .links import link_scores

__all__ = ["PLACES", "link_scores"]

PLACES = "places"
"""Key of doc.spans: all names of places and peoples, also those inside other names."""
