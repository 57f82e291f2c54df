"""One SQL file for each question that serving asks."""
