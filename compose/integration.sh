#!/bin/sh
# What the service `integration` runs: the tests, on the broker of compose and databases of their own, then the runbook
# on the services of compose. Evidence is left in /evidence.
set -eu
cd "$(dirname "$0")/.."
env -u DATABASE_URL -u COMMAND_URL -u QUERY_URL -u METRICS_URL -u PROMETHEUS_URL -u GRAFANA_URL \
    -u WORKFORCE_JWT_SECRET Integration/Setup/run-tests.py
exec .build/debug/Runbook --evidence "/evidence/$(date -u +%Y%m%dT%H%M%SZ)"
