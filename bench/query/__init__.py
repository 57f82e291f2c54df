"""Puts the questions of the dashboard to the product, and to a plain table of events beside it."""
