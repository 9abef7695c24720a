#!/usr/bin/env bash
# start.sh DIR [USERS]: oidc-provider (OAuth 2.0, OpenID Connect), and users over SCIM 2.0 behind its tokens. See ../README.md.
. "$(dirname "$0")/../lib.sh"

install() { install_node; }

# Below the ports that the system gives out by itself, so that nothing takes it before the test listens there.
callback_port() {
  python3 - <<'PY'
import random, socket
while True:
    port = random.randrange(20000, 32000)
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)):
            print(port)
            break
PY
}

launch() {
  export OP_DIR=$dir OP_MODULES=${node_bin%/.bin} OP_CALLBACK_PORT
  OP_CALLBACK_PORT=$(callback_port)
  rm -f "$dir"/{creds,faults}.json "$dir"/{events,requests}.jsonl
  python3 "$here/users.py" "$dir" "$users"
  background server node "$here/main.mjs"
}

main "$@"
