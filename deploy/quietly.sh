#!/bin/sh
# Runs a command and shows its output only if it fails. Exit code 4, another run in progress, is no failure.
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
"$@" >"$output" 2>&1
code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 4 ] || cat "$output"
[ "$code" -eq 4 ] && exit 0
exit "$code"
