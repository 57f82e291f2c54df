"""Groups of visitors that behave alike, which keep their identity from day to day and say what sets them apart."""
