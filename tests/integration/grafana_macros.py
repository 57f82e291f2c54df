"""What Grafana makes of a panel's SQL before it asks: its variables, and the macros of its PostgreSQL data source."""

import re

INTERVAL = "1h"
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
# Arguments end at the first bracket, as there.
_MACRO = re.compile(r"\$__(\w+)\(([^)]*)\)")


def expanded(sql, *, project, since, until):
    """`since` and `until` are moments in UTC. Raises KeyError for a macro that is not known here."""
    sql = sql.replace("${project:sqlstring}", "'" + project.replace("'", "''") + "'").replace("$__interval", INTERVAL)
    between = [f"'{moment:%Y-%m-%dT%H:%M:%SZ}'" for moment in (since, until)]

    def group(column, width):
        seconds = int(width.strip("'")[:-1]) * _SECONDS[width.strip("'")[-1]]
        return f'floor(extract(epoch from {column})/{seconds})*{seconds} AS "time"'

    macros = {
        "timeFilter": lambda column: f"{column} BETWEEN {between[0]} AND {between[1]}",
        "timeGroupAlias": group,
    }

    def replaced(found):
        return macros[found[1]](*(argument.strip() for argument in found[2].split(",")))

    return _MACRO.sub(replaced, sql)
