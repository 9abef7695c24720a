#!/usr/bin/env bash
# start.sh DIR [USERS]: JupyterHub behind its usual proxy, configurable-http-proxy, seeded. See ../README.md.
. "$(dirname "$0")/../lib.sh"

install() { install_python; install_node; }

launch() {
  export HUB_DIR=$dir HUB_PUBLIC_PORT HUB_PORT HUB_PROXY_PORT CONFIGPROXY_AUTH_TOKEN
  export HUB_SEED_TOKEN HUB_RECLAIM_TOKEN HUB_READ_ONLY_TOKEN HUB_NAMES_ONLY_TOKEN
  HUB_PUBLIC_PORT=$(free_port) HUB_PORT=$(free_port) HUB_PROXY_PORT=$(free_port) CONFIGPROXY_AUTH_TOKEN=$(new_token)
  HUB_SEED_TOKEN=$(new_token) HUB_RECLAIM_TOKEN=$(new_token) HUB_READ_ONLY_TOKEN=$(new_token) HUB_NAMES_ONLY_TOKEN=$(new_token)
  background proxy "$node_bin/configurable-http-proxy" --ip 127.0.0.1 --port "$HUB_PUBLIC_PORT" \
    --api-ip 127.0.0.1 --api-port "$HUB_PROXY_PORT" --error-target "http://127.0.0.1:$HUB_PORT/hub/error"
  background server "$venv/bin/jupyterhub" --config "$here/jupyterhub_config.py"
}

main "$@"
