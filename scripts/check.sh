#!/usr/bin/env bash
# Every check that is not a test. All run, whatever fails; what fails is shown in full.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

bin=.venv/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=()

# what is judged as ours; packages that are not there yet are not an error
packages=()
for package in ledger services ledgerctl verifier bench examples tests/support; do
    [ -d "$package" ] && packages+=("$package")
done

show() { # name, exit code, file with the output
    if [ "$2" -eq 0 ]; then
        printf '  ok    %s\n' "$1"
        grep '^skipped' "$3"
    else
        printf '  FAIL  %s\n' "$1"
        sed 's/^/        /' "$3"
        failed+=("$1")
    fi
    return 0
}

check() { # name, command...
    local name=$1
    shift
    "$@" >"$scratch/out" 2>&1
    show "$name" $? "$scratch/out"
}

generated_is_current() {
    scripts/protos.sh "$scratch/gen" || return 1
    diff -r -x __pycache__ "$scratch/gen" gen && return 0
    echo "gen/ is not what protos/ says: make protos"
    return 1
}

# the longest by far runs beside the others
"$bin/mypy" "${packages[@]}" >"$scratch/mypy" 2>&1 &
types=$!

check "format (make format mends it)" "$bin/ruff" format --check --diff --quiet .
check "lint" "$bin/ruff" check --quiet --output-format concise .
check "import contracts" "$bin/lint-imports" --no-logo
check "protos: lint" "$bin/buf" lint
check "protos: format" "$bin/buf" format --diff --exit-code protos
check "generated code is current" generated_is_current
check "dependencies" "$bin/deptry" --no-ansi --config deptry.toml .
check "spelling" "$bin/codespell"
check "shell scripts" "$bin/shellcheck" scripts/*.sh deploy/postgres/*.sh .ci/run
check "deployment files" scripts/check_deploy.sh
check "docs are current (scripts/docs.py mends them)" "$bin/python" scripts/docs.py --check
check "tidy" "$bin/pytest" -q -p no:randomly -p no:cacheprovider tests/tidy
wait "$types"
show "types" $? "$scratch/mypy"

if [ ${#failed[@]} -gt 0 ]; then
    printf '\n%d checks failed\n' ${#failed[@]}
    exit 1
fi
