# Sourced by every start.sh and stop.sh: installs a server once, runs it in the background, stops it.
set -euo pipefail

servers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
name=$(basename "$here")
installed=$servers/../../target/servers
mkdir -p "$installed"
installed=$(cd "$installed" && pwd)

say() { echo "$name: $*" >&2; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
new_token() { python3 -c 'import secrets; print(secrets.token_urlsafe(24))'; }

# once DIR COMMAND...: runs the command to fill DIR, unless that was done before. Two at a time wait for each other.
once() {
  local dir=$1
  shift
  (
    flock 9
    [ ! -e "$dir/.complete" ] || exit 0
    rm -rf "$dir"
    mkdir -p "$dir"
    say "installing into ${dir#"$installed/"}"
    "$@" >"$dir.log" 2>&1 || { tail -n 20 "$dir.log" >&2; say "the installation failed"; exit 1; }
    touch "$dir/.complete"
  ) 9>"$dir.lock"
}

# place FILE: where what FILE pins is installed. Other pins, another place.
place() { echo "$installed/$name-$(basename "$1")-$(cksum <"$1" | cut -d' ' -f1)"; }

# install_python: the versions of requirements.txt. Sets `venv`, and `python`, which runs seed.py.
python=python3
install_python() {
  venv=$(place "$here/requirements.txt")
  python=$venv/bin/python
  fill_venv() { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"; }
  once "$venv" fill_venv
}

# install_node: the versions of package-lock.json. Sets `node_bin`.
install_node() {
  local dir
  dir=$(place "$here/package-lock.json")
  fill_node() { cp "$here"/package*.json "$dir/" && npm ci --prefix "$dir" --no-audit --no-fund; }
  once "$dir" fill_node
  node_bin=$dir/node_modules/.bin
}

# background NAME COMMAND...: runs the command until stop_all, or until the process that called this script is gone, however it went.
background() {
  local process=$1
  shift
  setsid python3 "$servers/supervise.py" $PPID "$@" >"$dir/$process.log" 2>&1 </dev/null &
  echo $! >"$dir/$process.pid"
}

# stop_all DIR: ends what `background` started there, and waits for the end.
stop_all() {
  local file pid
  for file in "$1"/*.pid; do
    [ -e "$file" ] || continue
    pid=$(cat "$file")
    # A number may have been given to another process since.
    if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q supervise.py; then
      kill "$pid" 2>/dev/null || true
      while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    fi
    rm -f "$file"
  done
}

# start DIR N: calls the server's own `launch` and its seed.py, which waits for the server. Ports can be taken between the choice and the use,
# so a server that does not come up is tried again with others.
start() {
  dir=$1 users=$2
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  stop_all "$dir"
  umask 077 # creds.json and the logs hold tokens
  local attempt status
  for attempt in 1 2 3; do
    launch
    status=0
    "$python" "$here/seed.py" "$dir" "$users" || status=$?
    [ $status -ne 0 ] || return 0
    say "attempt $attempt failed:"
    tail -n 20 "$dir"/*.log >&2
    stop_all "$dir"
    [ $status -eq 75 ] || break
  done
  return 1
}

# main DIR [N], or main --install
main() {
  install
  case ${1:-} in
  --install) ;;
  '') say "usage: start.sh DIR [USERS], or start.sh --install"; exit 2 ;;
  *) start "$1" "${2:-250}" ;;
  esac
}
