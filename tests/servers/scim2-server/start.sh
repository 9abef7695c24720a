#!/usr/bin/env bash
# start.sh DIR [USERS]: scim2-server (SCIM 2.0), seeded. See ../README.md.
. "$(dirname "$0")/../lib.sh"

install() { install_python; }

launch() {
  export SCIM_PORT SCIM_TOKEN
  SCIM_PORT=$(free_port) SCIM_TOKEN=$(new_token)
  background server "$venv/bin/scim2-server" --hostname 127.0.0.1 --port "$SCIM_PORT" --bearer-token "$SCIM_TOKEN"
}

main "$@"
