"""How far a small native step would get: an experiment, which the product does not import. See docs/benchmarks.md."""
