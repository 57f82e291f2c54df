"""Measurements. Each prints one JSON document; progress goes to standard error."""
