#!/bin/sh
# The two databases, each with an owner who can't connect to the other: the query side knows events only. And the roles
# that services log in as, each in the group role to which `migrate --roles` grants the least that its work takes. Can
# be repeated, as a superuser.
set -eu

export PGOPTIONS='-c client_min_messages=warning'

sql() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres "$@"; }

# login NAME VARIABLE: a role that logs in with the password in that variable.
login() {
    sql --set name="$1" <<SQL
\\getenv password $2
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \\gexec
ALTER ROLE :"name" PASSWORD :'password';
SQL
}

# database NAME: its owner's, who is called the same.
database() {
    sql --set name="$1" <<'SQL'
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
}

# member LOGIN GROUP DATABASE: puts it into a group role, in whose name it works on a database.
member() {
    sql --set login="$1" --set group="$2" --set database="$3" <<'SQL'
SELECT format('CREATE ROLE %I', :'group') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'group') \gexec
GRANT :"group" TO :"login";
GRANT CONNECT ON DATABASE :"database" TO :"login";
SQL
}

login command COMMAND_DATABASE_PASSWORD
login query QUERY_DATABASE_PASSWORD
database command
database query
login writer WRITER_PASSWORD
login dispatcher DISPATCHER_PASSWORD
login consumer CONSUMER_PASSWORD
login operator OPERATOR_PASSWORD
member writer outbox_writer command
member dispatcher outbox_dispatcher command
member consumer outbox_consumer query
member operator outbox_operator command
member operator outbox_operator query
