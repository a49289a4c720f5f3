#!/bin/sh
# Installs what is missing, and nothing else, from Debian's or Ubuntu's packages.
#
#   packages.sh [build] [package] [servers] [tools]
#
#   build     the C libraries that the package links
#   package   what makes a Debian package
#   servers   PostgreSQL, PgBouncer, Redis, Java for Kafka, and kcat to look at topics
#   tools     programs that tests compare us with: prometheus and its promtool, Python with what it takes to fetch
#             from PyPI; a browser for the console
#
# Starts no service and sets up no database server of the system's.
set -eu
cd "$(dirname "$0")/../.."

missing=
need() { missing="$missing $1"; }

has() { command -v "$1" >/dev/null 2>&1; }

has_header() {
    for folder in /usr/include /usr/local/include /opt/homebrew/include /opt/homebrew/opt/libpq/include; do
        [ -e "$folder/$1" ] && return 0
    done
    return 1
}

has_postgres() {
    has initdb && return 0
    for folder in "${POSTGRES_BIN:-/nowhere}" /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin; do
        [ -x "$folder/initdb" ] && return 0
    done
    return 1
}

has_pgbouncer() {
    has pgbouncer || [ -x /usr/sbin/pgbouncer ] || [ -x .build/tools/usr/sbin/pgbouncer ]
}

java_program() {
    if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then echo "$JAVA_HOME/bin/java"; else echo java; fi
}

# Kafka 4 needs Java 17.
has_java() {
    version=$("$(java_program)" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p') || return 1
    [ "${version:-0}" -ge 17 ]
}

maven_central_answers() {
    if has curl; then
        curl --silent --head --fail --max-time 5 --output /dev/null https://repo.maven.apache.org/maven2/
    else
        timeout 5 bash -c 'exec 3<>/dev/tcp/repo.maven.apache.org/443' 2>/dev/null
    fi
}

for part in "$@"; do
    case $part in
        build)
            { has_header postgresql/libpq-fe.h || has_header libpq-fe.h; } || need libpq-dev
            has_header librdkafka/rdkafka.h || need librdkafka-dev
            has_header microhttpd.h || need libmicrohttpd-dev
            has_header hiredis/hiredis.h || need libhiredis-dev
            has_header cjose/cjose.h || need libcjose-dev
            has_header jansson.h || need libjansson-dev
            ;;
        package)
            has dpkg-shlibdeps || need dpkg-dev
            ;;
        servers)
            has_postgres || need postgresql
            has psql || need postgresql-client
            has_pgbouncer || need pgbouncer
            has kcat || need kcat
            has redis-server || has valkey-server || [ -x .build/tools/usr/bin/redis-server ] || need redis-server
            if [ -z "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
                if [ -n "${KAFKA_HOME:-}" ] || [ -d .kafka/libs ]; then
                    has_java || need java
                elif ! has mvn && maven_central_answers; then
                    has_java || need java
                    need maven
                fi
            fi
            ;;
        tools)
            # The JDBC driver is a megabyte. A JDK or a Go only to try a sample would be too much.
            ! has javac || [ -e /usr/share/java/postgresql.jar ] || need libpostgresql-jdbc-java
            ! has dpkg || has dpkg-shlibdeps || need dpkg-dev
            has python3 || need python3
            python3 -c "import yaml" 2>/dev/null || need python3-yaml
            { has python3 && python3 -c 'import ensurepip' 2>/dev/null; } || need python3-venv
            { has chromium && has chromedriver; } || need chromium
            { has promtool && has prometheus; } || [ -x .build/tools/usr/bin/prometheus ] || need prometheus
            ;;
        *)
            echo "packages.sh: unknown part: $part" >&2
            exit 2
            ;;
    esac
done

[ -n "$missing" ] || exit 0

if ! has apt-get; then
    echo "These are missing, and there is no apt-get to install them:$missing" >&2
    echo "(the names are Debian's; with Homebrew: libpq librdkafka libmicrohttpd cjose hiredis redis postgresql@17" >&2
    echo "pgbouncer openjdk maven kcat prometheus python3). Install them and run this again." >&2
    exit 1
fi

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
else
    echo "These packages are missing:$missing" >&2
    echo "Installing them needs root: run this as root, or with sudo set up, or install them first." >&2
    exit 1
fi

log=.build/packages.log
mkdir -p .build
echo "Installing what is missing:$missing (log: $log)"

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1 </dev/null
}

failed() {
    tail -n 20 "$log" >&2
    echo "Could not install: $1 (log: $log)" >&2
    exit 1
}

apt update || echo "(the package lists could not be refreshed; going on with those that are here)"

packages=
for name in $missing; do
    case $name in
        java)
            for candidate in openjdk-17 openjdk-21 openjdk-25 default; do
                if apt-cache show "$candidate-jre-headless" >/dev/null 2>&1; then
                    packages="$packages $candidate-jre-headless"
                    break
                fi
            done
            ;;
        postgresql)
            # Debian's package makes and starts a server on port 5432 unless it is told not to.
            settings=/etc/postgresql-common/createcluster.conf
            apt install -y --no-install-recommends postgresql-common || failed postgresql-common
            $as_root cp "$settings" "$settings.before"
            echo "create_main_cluster = false" | $as_root tee -a "$settings" >/dev/null
            installed=yes
            apt install -y --no-install-recommends postgresql || installed=no
            $as_root mv "$settings.before" "$settings"
            [ "$installed" = yes ] || failed postgresql
            ;;
        redis-server)
            # Debian's package of this name would start a server: its program comes with the tools, under another name.
            mkdir -p .build/tools/usr/bin
            apt install -y --no-install-recommends redis-tools || failed redis-tools
            ln -sf /usr/bin/redis-check-rdb .build/tools/usr/bin/redis-server
            ;;
        pgbouncer)
            # Debian's package would start one: take the program out of it, and install the libraries that it needs.
            mkdir -p .build/tools
            (cd .build/tools && apt-get download pgbouncer && dpkg -x pgbouncer_*.deb .) >>"$log" 2>&1 || failed pgbouncer
            libraries=$(dpkg-deb --field .build/tools/pgbouncer_*.deb Depends | tr ',' '\n' | sed -n 's/^ *\(lib[^ ]*\).*/\1/p')
            # shellcheck disable=SC2086 # a list of words
            apt install -y --no-install-recommends $libraries || failed pgbouncer
            rm .build/tools/pgbouncer_*.deb
            ;;
        chromium)
            apt install -y --no-install-recommends chromium chromium-driver ||
                echo "(chromium and chromium-driver could not be installed: tests in a browser are skipped)"
            ;;
        prometheus)
            # Debian's package would start a Prometheus server: take the programs out of it.
            mkdir -p .build/tools
            if (cd .build/tools && apt-get download prometheus && dpkg -x prometheus_*.deb . && rm prometheus_*.deb) \
                >>"$log" 2>&1; then
                :
            else
                echo "(prometheus and promtool could not be fetched: what needs them is skipped)"
            fi
            ;;
        *) packages="$packages $name" ;;
    esac
done

if [ -n "$packages" ]; then
    # shellcheck disable=SC2086 # a list of words
    apt install -y --no-install-recommends $packages || failed "$packages"
fi
