"""Tests on one demo: xdist gives them to one worker (tests/conftest.py), and the demo ends with the last of them."""
