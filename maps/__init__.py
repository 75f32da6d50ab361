"""GeoJSON in, one HTML page out."""
