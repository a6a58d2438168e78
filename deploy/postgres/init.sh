#!/usr/bin/env bash
# Runs once, in an empty cluster: a database and a role for each service that owns one, and a role
# for audit that can read the database of outcomes and change nothing.
set -euo pipefail

secrets=${LEDGER_SECRETS_DIR:-/run/secrets}

sql() { # database; statements on standard input
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$1" "${@:2}"
}

for service in registry training placement followup publication outcomes; do
    sql postgres --set name="$service" --set password="$(<"$secrets/${service}_db_password")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done

sql outcomes --set password="$(<"$secrets/audit_db_password")" <<'SQL'
CREATE ROLE audit LOGIN PASSWORD :'password';
ALTER ROLE audit SET default_transaction_read_only = on;
GRANT CONNECT ON DATABASE outcomes TO audit;
GRANT USAGE ON SCHEMA public TO audit;
ALTER DEFAULT PRIVILEGES FOR ROLE outcomes IN SCHEMA public GRANT SELECT ON TABLES TO audit;
SQL
