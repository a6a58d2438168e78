#!/usr/bin/env bash
# Generates the Python code of protos/ into a folder (default: gen/, which is committed).
# `make check` generates into a temporary folder and compares.
set -euo pipefail
cd "$(dirname "$0")/.."

out=${1:-gen}
bin=.venv/bin
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

(cd protos && find . -name '*.proto' | sed 's|^\./||' | LC_ALL=C sort) | xargs "$bin/python" -m grpc_tools.protoc \
    -I protos -I third_party \
    --plugin=protoc-gen-mypy="$bin/protoc-gen-mypy" \
    --plugin=protoc-gen-mypy_grpc="$bin/protoc-gen-mypy_grpc" \
    --python_out="$fresh" --grpc_python_out="$fresh" --mypy_out=quiet:"$fresh" --mypy_grpc_out=quiet:"$fresh" \
    buf/validate/validate.proto

# files of messages alone have no stubs worth a module
find "$fresh" -name '*_pb2_grpc.py' | while read -r module; do
    grep -q '^class .*Stub' "$module" || rm -f "$module" "${module}i"
done
# packages rather than namespaces, so that tools which walk packages see them
find "$fresh/ledger_api" "$fresh/buf" -type d -exec touch {}/__init__.py \;

mkdir -p "$out"
rm -rf "$out/ledger_api" "$out/buf"
mv "$fresh/ledger_api" "$fresh/buf" "$out/"
