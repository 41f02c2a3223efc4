#!/bin/sh
# Exits with 0 if the server is healthy. Prints its reply or the error.
exec node -e '
  fetch(process.argv[1] + "/health")
    .then(async (reply) => { console.log(await reply.text()); process.exit(reply.ok ? 0 : 1); })
    .catch((error) => { console.log(error.cause?.message ?? error.message); process.exit(1); });
' "${1:-http://127.0.0.1:8080}"
