"""What can go wrong, as a tree.

GeoeventsError               the root: catch this one
├── InputError               (ValueError)   an INPUT cannot be read; the message names it and says what to do
├── DocumentError            (ValueError)   one document cannot be processed; the rest of the batch goes on
├── ModelError               (OSError)      the language pipeline is missing or broken
├── OntologyError            (ValueError)   an ontology file is wrong; the message names the entry
├── OutputError              (OSError)      the result cannot be written
└── MissingExtraError        (ImportError)  an optional dependency is not installed; the message names the extra
"""


class GeoeventsError(Exception):
    """Root of the errors that geoevents raises itself."""


class InputError(GeoeventsError, ValueError):
    """An input cannot be read."""


class DocumentError(GeoeventsError, ValueError):
    """One document cannot be processed."""


class ModelError(GeoeventsError, OSError):
    """The language pipeline is missing or broken."""


class OntologyError(GeoeventsError, ValueError):
    """An ontology file is wrong."""


class OutputError(GeoeventsError, OSError):
    """The result cannot be written."""


class MissingExtraError(GeoeventsError, ImportError):
    """An optional dependency is not installed."""
