#!/bin/sh
# Runs a command and prints its output only if it fails. Exit code 4 (another run is in progress) is no failure.
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
"$@" >"$said" 2>&1
code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 4 ] || cat "$said"
[ "$code" -eq 4 ] && exit 0
exit "$code"
