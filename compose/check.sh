#!/bin/sh
# Checks this folder with the tools that are there: docker compose, promtool, hadolint, shellcheck.
set -eu
cd "$(dirname "$0")"
PATH="$PATH:$PWD/../.build/tools/usr/bin"
status=0

has() { command -v "$1" >/dev/null 2>&1; }

# Says nothing unless something is wrong.
check() {
    if ! output=$("$@" 2>&1); then
        printf 'error: %s\n%s\n' "$*" "$output" >&2
        status=1
    fi
}

# Any secret will do.
for name in $(grep -o '\${[A-Z_]*' compose.yaml | sort -u); do export "${name#??}=secret"; done

if has docker && docker compose version >/dev/null 2>&1; then
    check docker compose --file compose.yaml --profile integration config --quiet
elif has docker-compose; then
    check docker-compose --file compose.yaml --profile integration config --quiet
fi
if has promtool; then
    check promtool check config prometheus/prometheus.yaml
    check promtool check rules prometheus/alerts.yaml
    check promtool test rules prometheus/alerts.test.yaml prometheus/alerts.daily.test.yaml
fi
# Versions of Debian's packages are its release's.
if has hadolint; then check hadolint --ignore DL3008 Dockerfile; fi
if has shellcheck; then check shellcheck --severity=warning ./*.sh healthcheck postgres/*.sh; fi
exit $status
