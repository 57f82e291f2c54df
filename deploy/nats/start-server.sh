#!/bin/sh
# Starts one of the NATS servers, called $NAME, with the passwords from files, so that they are in no list of settings.
set -eu
secrets="${SECRETS:-/run/secrets}"
for login in gooddata operator cluster; do
    password=$(cat "$secrets/nats-$login-password")
    case $login in
        gooddata) GOODDATA_PASSWORD=$password ;;
        operator) OPERATOR_PASSWORD=$password ;;
        cluster) CLUSTER_PASSWORD=$password ;;
    esac
done
routes=
for peer in $PEERS; do
    routes="$routes${routes:+, }nats://cluster:$CLUSTER_PASSWORD@$peer:6222"
done
ROUTES="[$routes]"
export GOODDATA_PASSWORD OPERATOR_PASSWORD CLUSTER_PASSWORD ROUTES
exec nats-server -c "${1:?name the file of the server}"
