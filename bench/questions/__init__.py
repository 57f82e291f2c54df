"""What the benchmarks ask PostgreSQL."""
