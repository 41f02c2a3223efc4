#!/bin/sh
# What the workflow does each week: a run, and the report as a folder for any web space. `refresh.sh FROM OUT`, by default from
# the state's data to ./public. The home (ROLLCALL_HOME) is what is kept from one week to the next.
set -eu
cd "$(dirname "$0")/.."
from=${1:-live}
out=${2:-public}
home=${ROLLCALL_HOME:-data}

node bin/rollcall.js run --from "$from" --home "$home"
node bin/rollcall.js prune --keep 2 --home "$home"
if [ ! -f "$home/published/site/index.html" ]; then
  node bin/rollcall.js site --home "$home"
fi
rm -rf "$out"
cp -R "$home/published/site/." "$out"
echo "The report is in $out: $(find "$out" -type f | wc -l | tr -d ' ') files."
