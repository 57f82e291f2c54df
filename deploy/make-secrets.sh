#!/bin/sh
# Makes what the processes and the two servers must know and nobody else may: passwords, the key of people's hashes, the
# token of metrics, certificates, and a settings file for each process with the DSNs of its own login. Run it once; it changes nothing
# that is there. Its folder is closed to other accounts; the files in it are readable, since containers read them as
# accounts of their own.
set -eu

folder=${1:?name the folder to make, as: sh deploy/make-secrets.sh deploy/secrets}
raw=${RAW:-raw:5432}
analytics=${ANALYTICS:-analytics:5432}
nats=${NATS:-} # servers of the event log, as nats-1,nats-2,nats-3; without, the log is in PostgreSQL
authority=${AUTHORITY:-/run/secrets/ca}
tls=${TLS:-sslmode=verify-full&sslrootcert=/run/secrets/ca}

umask 077
mkdir "$folder"
cd "$folder"

for login in superuser owner ingest worker dashboard operator archive grafana grafana-admin \
    nats-gooddata nats-operator nats-cluster; do
    openssl rand -hex 24 >"$login-password"
done
secret=$(openssl rand -hex 32)
openssl rand -hex 32 >metrics-token

# settings PROCESS LOGIN [LINE]
settings() {
    password=$(cat "$2-password")
    login=$2
    [ "$login" = owner ] && login=gooddata_owner || login=shop_$login
    {
        echo "raw_dsn = \"postgresql://$login:$password@$raw/gooddata_raw?$tls\""
        echo "analytics_dsn = \"postgresql://$login:$password@$analytics/gooddata_analytics?$tls\""
        [ "$1" = migrate ] || echo "secret = \"$secret\""
        [ "$1" = migrate ] || echo "metrics_token = \"$(cat metrics-token)\""
        [ -z "$nats" ] || echo "log = \"tls://gooddata:$(cat nats-gooddata-password)@$nats?ca=$authority\""
    } >"$1.toml"
}
settings migrate owner
settings ingest ingest
settings work worker
settings serve dashboard
settings operator operator
settings archive archive

# An authority of this installation alone, and a certificate of each server, named as its clients call it.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=GoodData" -keyout ca.key -out ca.crt 2>/dev/null
# certify NAME HOST
certify() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
    printf 'subjectAltName=DNS:%s\n' "$2" >san
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile san \
        -out "$1.crt" 2>/dev/null
}
certify raw "${raw%:*}"
certify analytics "${analytics%:*}"
for server in $(echo "$nats" | tr , ' '); do
    certify "${server%:*}" "${server%:*}"
done
rm san ./*.csr ./*.srl
chmod 444 ./*-password ./*-token ./*.toml ./*.crt
