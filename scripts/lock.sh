#!/usr/bin/env bash
# Resolves requirements*.in into requirements*.lock: exact versions, hashes, no host names.
# A version that is locked already stays unless its .in line forbids it; `scripts/lock.sh --upgrade` moves all.
set -euo pipefail
cd "$(dirname "$0")/.."

export UV_PYTHON_DOWNLOADS=never
for what in requirements requirements-dev; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" "$what.in" --output-file "$what.lock"
done
