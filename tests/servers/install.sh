#!/usr/bin/env bash
# Installs every server, so that a first test does not wait for it. Installed once for the checkout, below target/servers.
set -euo pipefail
for start in "$(dirname "$0")"/*/start.sh; do "$start" --install; done
