#!/usr/bin/env bash
# stop.sh DIR: ends what start.sh started there.
. "$(dirname "$0")/../lib.sh"
stop_all "$1"
