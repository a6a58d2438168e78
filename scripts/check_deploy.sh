#!/usr/bin/env bash
# Holds deploy/ against the tools of those who will read it: the broker, the compose specification,
# systemd, a container linter. A tool that this machine lacks is named, not passed over.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

bin=.venv/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

fail() {
    printf '%s\n' "$*"
    status=1
}

# The broker reads the shipped configuration itself, with the example passwords and a store of its own.
cp -r deploy/nats "$scratch/nats"
cp deploy/nats/passwords.conf.example "$scratch/nats/passwords.conf"
LEDGER_NATS_STORE="$scratch/store" "$bin/nats-server" -t -c "$scratch/nats/nats.conf" || fail "deploy/nats: see above"

"$bin/check-jsonschema" --builtin-schema vendor.compose-spec deploy/compose.yaml || fail "deploy/compose.yaml: see above"
"$bin/hadolint" deploy/Containerfile || fail "deploy/Containerfile: see above"
"$bin/yamllint" --strict deploy buf.yaml || fail "yaml: see above"

if command -v systemd-analyze >/dev/null; then
    # verify answers 0 even for a key it does not know, so any word of it about our files is a finding.
    # It wants the programs to exist: `true` stands in for those of the installed ledger.
    mkdir "$scratch/units"
    for unit in deploy/systemd/*; do
        sed -E 's|^(Exec[A-Za-z]*=).*|\1/bin/true|' "$unit" >"$scratch/units/$(basename "$unit")"
    done
    cp "$scratch/units/ledger@.service" "$scratch/units/ledger@placement.service"
    said=$(SYSTEMD_UNIT_PATH="$scratch/units:" systemd-analyze verify --man=no \
        "$scratch/units/ledger.target" "$scratch/units/ledger-nats.service" \
        "$scratch/units/ledger@placement.service" 2>&1 | grep -F 'ledger') && fail "systemd-analyze verify: $said"
    if systemd-analyze security --help 2>/dev/null | grep -q -- --offline; then
        for unit in ledger-nats.service ledger@placement.service; do
            systemd-analyze security --offline=true --threshold=25 --no-pager "$scratch/units/$unit" \
                >"$scratch/security" 2>&1 || fail "$unit is exposed more than 2.5: $(tail -n 3 "$scratch/security")"
        done
    else
        echo "skipped: systemd-analyze security (too old to work offline)"
    fi
else
    echo "skipped: systemd units (no systemd-analyze here)"
fi

exit $status
