#!/bin/sh
# Starts PostgreSQL in its official image, or TimescaleDB's, with TLS. PostgreSQL wants its key closed to everybody else,
# which a mounted file is not, whoever it belongs to outside.
set -eu
install -o postgres -g postgres -m 600 /run/secrets/key /var/run/postgresql/server.key
exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=/run/secrets/certificate \
    -c ssl_key_file=/var/run/postgresql/server.key -c hba_file=/gooddata/pg_hba.conf "$@"
