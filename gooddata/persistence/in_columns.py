"""Changes to rows that TimescaleDB may keep in columns. On plain PostgreSQL these settings change nothing that counts.

Before a statement changes what is in columns, TimescaleDB turns back into rows, a thousand at a time, all that its
conditions may mean. Only conditions on constants tell: not joins, not arrays, not parameters of a plan that is kept.
"""

# Within a transaction, before a statement that says with its parameters which rows it changes.
PARAMETERS_ARE_CONSTANTS = "SET LOCAL plan_cache_mode = force_custom_plan"
PLANS_ARE_KEPT = "SET LOCAL plan_cache_mode TO DEFAULT"

# Within a transaction that changes most of what it touches; otherwise a statement that needs more than 100,000 rows is
# refused. Where there is no TimescaleDB, this sets what nobody asks for.
ANY_NUMBER_OF_ROWS = "SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0"
