"""Commands of one subject each, a file a subject; `gooddata/cli.py` puts them together."""
