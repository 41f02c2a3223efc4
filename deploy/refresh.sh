#!/bin/sh
# The weekly workflow's step: a run, then the report as a folder for any web host. `refresh.sh FROM OUT BASE`, by default from
# the state's data to ./public, served at the root. Keep the home directory (ROLLCALL_HOME) from one week to the next.
set -eu
cd "$(dirname "$0")/.."
from=${1:-live}
out=${2:-public}
base=${3:-}
home=${ROLLCALL_HOME:-data}

node bin/rollcall.js run --from "$from" --home "$home"
node bin/rollcall.js prune --keep 2 --home "$home"
node bin/rollcall.js site --home "$home" --out "$out" ${base:+--base "$base"}
echo "The report is in $out: $(find "$out" -type f | wc -l | tr -d ' ') files."
