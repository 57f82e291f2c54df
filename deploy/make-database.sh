#!/bin/sh
# Runs once, when a server is made: its database, and the owner of it, who is no superuser.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set database="$GOODDATA_DATABASE" <<'SQL'
\set password `cat "${SECRETS:-/run/secrets}/owner-password"`
CREATE ROLE gooddata_owner LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE :"database" OWNER gooddata_owner;
\connect :"database"
SELECT 'CREATE EXTENSION IF NOT EXISTS timescaledb' FROM pg_available_extensions WHERE name = 'timescaledb' \gexec
SQL
