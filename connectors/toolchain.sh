#!/usr/bin/env bash
# Prints the path of a rustc that supports wasm32-unknown-unknown. Builds one if the installed rustc does not:
#
#   RUSTC=$(connectors/toolchain.sh) cargo build --target wasm32-unknown-unknown
#
# The first of these ways that works is used:
#   present    the installed rustc has the target
#   rustup     rustup adds it to the installed toolchain
#   rust-src   Debian's rust-src of exactly the installed version; std is built from it
#   rustc-web  Debian's rustc-web, which follows the needs of browsers, with a std built from its own source
# The last two install nothing and need no privilege: they use the machine's apt mirror with private directories, and
# unpack there. They need apt, dpkg-deb and crates.io. The result is cached; the next call takes milliseconds.
#
#   PURSER_WASM_WAY=WAY    try only this way
#   PURSER_WASM_CACHE=DIR  directory of cached results (default: purser-wasm in the user's cache)
#   RUSTC, CARGO           the compiler to extend, and its cargo (default: those on PATH)
set -euo pipefail

target=wasm32-unknown-unknown
recipe=1 # increase it to invalidate results of earlier versions of this script
rustup_seconds=120
# Checksums of tested packages. Others are accepted by the archive's signature, which apt verifies in any case.
declare -A known_package=(
  ["rust-src=1.95.0+dfsg1-2~bpo13+1"]=7b76db5b880a77f9e52975d2baa6209d2f76d2c9c2789515c3088cb960e2c83b
)

say() { echo "wasm toolchain: $*" >&4; }
give_up() { echo "$*"; exit 1; } # inside a way, whose output is its log; its last line is shown as the reason
need() { local tool; for tool; do command -v "$tool" >/dev/null || give_up "$tool is not installed"; done; }
has_target() {
  local libdir
  libdir=$("$1" --print target-libdir --target $target 2>/dev/null) && compgen -G "$libdir/libstd-*.rlib" >/dev/null
}

# ---------------------------------------------------------------- apt, in private directories

# Uses the machine's mirrors, proxies and certificates, without its state and hooks. Works before the first `apt-get
# update`.
prepare_apt() {
  need apt-get apt-config dpkg-deb
  apt=$work/apt keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -r $keyring ] || give_up "$keyring is missing, so Debian's packages cannot be verified"
  mkdir -p "$apt"/{empty,etc/{apt.conf.d,preferences.d,sources.list.d},state/lists/partial,cache/archives/partial}
  : >"$apt/status"
  local codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
  mapfile -t mirrors < <(apt-get update --print-uris -o Dir::State::Lists="$apt/empty" |
    sed -nE "s|^'(.+)/dists/$codename/InRelease'.*|\1|p" | sort -u)
  [ ${#mirrors[@]} -gt 0 ] || give_up "apt has no mirror of Debian $codename among its sources"
  {
    apt-config dump | grep '^Acquire::' || true
    echo "Dir \"$apt/\"; Dir::Etc \"$apt/etc/\"; Dir::State \"$apt/state\"; Dir::State::status \"$apt/status\"; Dir::Cache \"$apt/cache\";"
    echo 'Acquire::Languages "none"; APT::Sandbox::User "root"; APT::Install-Recommends "false";'
  } >"$apt/apt.conf"
  export APT_CONFIG=$apt/apt.conf
}

# find_package NAME PREFIX: sets `version` from the first Debian release whose version begins with PREFIX. apt then knows
# only that release.
find_package() {
  local mirror
  for suite in stable-backports stable oldstable-backports testing unstable; do
    for mirror in "${mirrors[@]}"; do echo "deb [signed-by=$keyring] $mirror $suite main"; done >"$apt/etc/sources.list"
    apt-get -q update || continue
    version=$(apt-cache madison "$1" | awk -v prefix="$2" 'index($3, prefix) == 1 { print $3 }' | head -n 1)
    [ -z "$version" ] || return 0
  done
  give_up "the apt mirror offers no $1${2:+ $2}"
}

# unpack DEB DIR [PATH]: unpacks the package, or one directory of it.
unpack() { mkdir -p "$2" && dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" ${3:+"$3"}; }

# ---------------------------------------------------------------- std

# build_std SYSROOT: compiles SYSROOT/lib/rustlib/src/rust/library for the target, with $new/rustc, into SYSROOT. The
# source is inside the workspace, so cargo identifies it by its relative path: std, and connectors linked with it, are
# then identical byte for byte on every machine.
build_std() {
  local source=$1/lib/rustlib/src/rust/library out=$1/lib/rustlib/$target/lib seed=$new/seed cargo_home=${CARGO_HOME:-$HOME/.cargo}
  [ -f "$source/std/Cargo.toml" ] || give_up "the source package is laid out in an unexpected way"
  mkdir -p "$seed"
  cat >"$new/Cargo.toml" <<'TOML'
[package]
name = "seed"
version = "0.0.0"
edition = "2021"
[workspace]
exclude = ["sysroot"]
[lib]
path = "seed/lib.rs"
[profile.release]
codegen-units = 1
panic = "abort"
TOML
  : >"$seed/lib.rs"
  say "building std for $target (about half a minute)"
  (
    cd "$new"
    unset RUSTC_WRAPPER CARGO_BUILD_RUSTC_WRAPPER
    # RUSTC_BOOTSTRAP allows `build-std`, the only unstable feature used, for the std of this very compiler.
    export RUSTC_BOOTSTRAP=1 RUSTC=$new/rustc
    "$cargo" fetch --quiet --locked --target $target --manifest-path "$source/Cargo.toml"
    flags=(-Cembed-bitcode=yes "--remap-path-prefix=$new=/wasm-std")
    for registry in "$cargo_home"/registry/src/*; do flags+=("--remap-path-prefix=$registry=/crates"); done
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${flags[*]}") \
      "$cargo" build --quiet --release --target $target --target-dir "$seed/target" -Zbuild-std=std,panic_abort
  )
  mkdir -p "$out"
  find "$seed/target/$target/release/deps" -name '*.rlib' ! -name 'libseed-*' -exec cp {} "$out/" \;
  rm -rf "$new/Cargo.toml" "$new/Cargo.lock" "$seed" "$1/lib/rustlib/src"
}

# write_rustc COMMAND...: writes the compiler, a script that finds its files relative to itself.
write_rustc() {
  printf '#!/bin/sh\nhere=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)\nexec %s "$@"\n' "$*" >"$new/rustc"
  chmod +x "$new/rustc"
}

# ---------------------------------------------------------------- the ways: each creates a compiler in $new, or gives up

way_rust_src() {
  local sysroot installed deb sum
  prepare_apt
  find_package rust-src "$release+"
  say "fetching rust-src $version from Debian $suite (45 MB)"
  (cd "$work" && apt-get -q download "rust-src=$version")
  deb=$(echo "$work"/rust-src_*.deb) sum=${known_package["rust-src=$version"]:-}
  [ -z "$sum" ] || echo "$sum  $deb" | sha256sum --check --quiet - || give_up "rust-src $version is not the package that was tried"
  unpack "$deb" "$work/src" "./usr/src/rustc-$release/library"
  sysroot=$new/sysroot/lib/rustlib installed=$("$rustc" --print sysroot)
  mkdir -p "$sysroot/src/rust"
  mv "$work/src/usr/src/rustc-$release/library" "$sysroot/src/rust/library"
  ln -s "$installed/lib/rustlib/$host" "$sysroot/$host" # the host's std, and the linker
  write_rustc "'$installed/bin/rustc'" --sysroot '"$here/sysroot"'
  build_std "$new/sysroot"
}

# rustc-web may need a newer C library than the machine has, so it runs with the one it was built for.
way_rustc_web() {
  local root=$new/sysroot loader libraries lld deb
  prepare_apt
  find_package rustc-web ''
  say "fetching rustc-web $version and its libraries from Debian $suite (about 160 MB)"
  apt-get -q -y --download-only install libstd-rust-web-dev rust-web-src
  (cd "$apt/cache/archives" && apt-get -q download rustc-web)
  for deb in "$apt"/cache/archives/*.deb; do unpack "$deb" "$work/root"; done
  mkdir -p "$new" && mv "$work/root/usr" "$root"
  loader=$(cd "$root" && find . -name 'ld-linux*.so*' | head -n 1) libraries=$(cd "$root" && find . -name 'libc.so.6' -printf '%h\n' | head -n 1)
  [ -n "$loader" ] && [ -n "$libraries" ] || give_up "the C library's package is laid out in an unexpected way"
  lld=$("$rustc" --print sysroot)/lib/rustlib/$host/bin/rust-lld
  [ -x "$lld" ] || lld=$(command -v wasm-ld) || give_up "there is no linker: neither rust-lld nor wasm-ld"
  mkdir -p "$root/lib/rustlib/$host/bin" && ln -sf "$lld" "$root/lib/rustlib/$host/bin/rust-lld"
  write_rustc "\"\$here/sysroot/$loader\"" --library-path "\"\$here/sysroot/$libraries\"" '"$here/sysroot/bin/rustc"' --sysroot '"$here/sysroot"'
  build_std "$root"
}

# The output of rustup ends with a stack trace; the reason is further up.
rustup_error() { grep -m 1 '^error' "$log" || echo "rustup could not add $target within $rustup_seconds seconds"; }

way_rustup() {
  need rustup timeout
  say "asking rustup for $target"
  timeout $rustup_seconds rustup target add $target || give_up "$(rustup_error)"
  has_target "$rustc" || give_up "rustup added $target to another toolchain than that of $rustc"
}

# ---------------------------------------------------------------- main

# try WAY: prints the compiler and succeeds if the way works. A new compiler is moved into place in one step.
try() {
  local way=$1 kept="$cache/$release-${commit:0:9}-$1-$recipe" log="$cache/$1.log" status
  if has_target "$kept/rustc"; then echo "$kept/rustc"; return 0; fi
  work=$(mktemp -d "$cache/work.XXXXXX")
  new=$work/new
  mkdir "$new"
  set +e # errexit does not reach into a condition
  (set -e; "way_${way//-/_}") >"$log" 2>&1
  status=$?
  set -e
  if [ $status -ne 0 ]; then
    reasons+="
  $way: $(grep -v '^ *$' "$log" | tail -n 1 || true) (log: $log)"
  elif [ -x "$new/rustc" ]; then
    rm -rf "$kept" && mv "$new" "$kept" && echo "$kept/rustc"
  else
    echo "$rustc"
  fi
  rm -rf "$work"
  return $status
}

exec 4>&2
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
rustc=${RUSTC:-rustc} cargo=${CARGO:-cargo}
facts=$("$rustc" -vV) || { say "$rustc does not run; install Rust first"; exit 1; }
fact() { sed -n "s/^$1: //p" <<<"$facts"; }
release=$(fact release) host=$(fact host) commit=$(fact commit-hash)
way=${PURSER_WASM_WAY:-}
case $way in '' | rustup | rust-src | rustc-web) ;; *) say "PURSER_WASM_WAY is $way: use rustup, rust-src or rustc-web"; exit 1 ;; esac

if [ -z "$way" ] && has_target "$rustc"; then echo "$rustc"; exit 0; fi

cache=${PURSER_WASM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/purser-wasm}
mkdir -p "$cache"
if command -v flock >/dev/null; then # one at a time; later processes find the result
  exec 9>"$cache/lock"
  flock 9
fi
reasons=
for one in ${way:-rustup rust-src rustc-web}; do
  if try "$one"; then exit 0; fi
done
say "no way to get std for $target and rustc $release worked:$reasons
On a machine with access to Rust's download server, run: rustup target add $target"
exit 1
