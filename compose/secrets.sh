#!/bin/sh
# Makes compose/.env: new secrets for compose.yaml, which has none. Those that are there stay.
set -eu
cd "$(dirname "$0")"
umask 077

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

touch .env
for name in POSTGRES_PASSWORD COMMAND_DATABASE_PASSWORD QUERY_DATABASE_PASSWORD WRITER_PASSWORD DISPATCHER_PASSWORD \
    CONSUMER_PASSWORD OPERATOR_PASSWORD REDIS_PASSWORD WORKFORCE_JWT_SECRET GRAFANA_PASSWORD; do
    grep -q "^$name=" .env || echo "$name=$(random)" >>.env
done
grep -q '^COMPOSE_PROJECT_NAME=' .env || echo 'COMPOSE_PROJECT_NAME=swift-outbox' >>.env
