#!/bin/sh
# Makes the logins of one server, named by psql's own variables (PGHOST, PGDATABASE and so on), from the file given.
set -eu
export SECRETS="${SECRETS:-/run/secrets}"
PGPASSWORD=$(cat "$SECRETS/owner-password")
PGOPTIONS="-c client_min_messages=warning"
export PGPASSWORD PGOPTIONS
exec psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username gooddata_owner --file "$1"
