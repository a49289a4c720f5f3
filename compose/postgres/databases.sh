#!/bin/sh
# The two databases, each with an owner who can't connect to the other: the query side knows events only.
set -eu

create() {
    psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set name="$1" --set password="$2" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
}

create command "$COMMAND_DATABASE_PASSWORD"
create query "$QUERY_DATABASE_PASSWORD"
