#!/bin/sh
# Fetches Apache Kafka, as pinned in Integration/Kafka/pom.xml, with Maven into .kafka/libs (55 MiB).
#
#   kafka.sh               fetch, or say why not
#   kafka.sh --if-needed   only when no broker is to be found otherwise; goes on without when Maven can't fetch
set -eu
cd "$(dirname "$0")/../.."

if_needed=no
[ "${1:-}" = --if-needed ] && if_needed=yes

# With --if-needed, the mock cluster will do.
give_up() {
    if [ "$if_needed" = yes ]; then
        echo "Kafka: $1; going on with librdkafka's mock cluster"
        exit 0
    fi
    echo "make kafka: $1" >&2
    exit 1
}

if [ "$if_needed" = yes ] && [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}${KAFKA_HOME:-}" ]; then exit 0; fi
if [ -d .kafka/libs ]; then
    [ "$if_needed" = yes ] || echo "Kafka is in .kafka already (remove that folder to fetch it again)"
    exit 0
fi
command -v mvn >/dev/null 2>&1 || give_up "there is no mvn to fetch Apache Kafka with (Debian: apt-get install maven)"
mvn --version >/dev/null 2>&1 || give_up "mvn does not run: it needs Java 17 (Debian: apt-get install default-jre-headless)"

echo "Kafka: fetching Apache Kafka with Maven into .kafka"
mkdir -p .kafka
log=.kafka/maven.log
rm -rf .kafka/libs.new
mvn --batch-mode --update-snapshots --file Integration/Kafka/pom.xml \
    -Daether.connector.connectTimeout=5000 -Daether.connector.requestTimeout=15000 \
    -Dmaven.wagon.http.retryHandler.count=0 -Dmaven.wagon.rto=15000 \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$PWD/.kafka/libs.new" \
    >"$log" 2>&1 </dev/null &
maven=$!
trap 'kill "$maven" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM HUP

# Maven says a line per file. One that says nothing for a while has found no network to speak of.
patience=20
[ "$if_needed" = yes ] && patience=10
size=0
idle=0
while kill -0 "$maven" 2>/dev/null; do
    sleep 1
    now=$(wc -c <"$log")
    if [ "$now" -eq "$size" ]; then idle=$((idle + 1)); else idle=0; fi
    size=$now
    if [ "$idle" -ge "$patience" ]; then
        kill "$maven" 2>/dev/null || true
        give_up "Maven got no answer for $patience s (log: $log)"
    fi
done
trap - EXIT
if ! wait "$maven"; then
    reason=$(grep -m 1 -o -i -E 'unknown host [a-z0-9.-]+|connection refused|(connect|read) timed out' "$log" || true)
    give_up "Maven could not fetch it${reason:+ ($reason)}, see $log"
fi
mv .kafka/libs.new .kafka/libs
echo "Kafka: $(find .kafka/libs -name '*.jar' | wc -l) jars are in .kafka/libs"
