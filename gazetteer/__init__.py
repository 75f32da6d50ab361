"""What places there are: a compiled, read-only gazetteer, and geopy as the fallback."""
