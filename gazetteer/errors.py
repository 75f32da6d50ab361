"""What can go wrong in the gazetteer.

GazetteerError                the root
├── GazetteerFileError        (OSError)     the compiled file is missing, foreign, truncated or corrupt
├── GazetteerSourceError      (ValueError)  a source to build from is wrong; the message names file and row
├── GazetteerFetchError       (OSError)     a download failed; what has come is kept, and taken up next time
└── GeocoderError             (OSError)     the geopy fallback cannot be used; "not found" is an empty answer
"""


class GazetteerError(Exception):
    """Root of the gazetteer's errors."""


class GazetteerFileError(GazetteerError, OSError):
    """The compiled gazetteer is missing, not ours, truncated or corrupt."""


class GazetteerSourceError(GazetteerError, ValueError):
    """A source to build a gazetteer from is wrong."""


class GazetteerFetchError(GazetteerError, OSError):
    """A dump cannot be downloaded."""


class GeocoderError(GazetteerError, OSError):
    """The geocoder refused, failed, or its budget is spent."""
