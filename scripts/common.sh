# shellcheck shell=bash
# What the scripts share; sourced, not run. Expects `set -euo pipefail` and the repository's top as the working directory.

say() { printf '\n==> %s\n' "$*"; }

fail() {
  printf '\nFailed: %s\n' "$*" >&2
  exit 1
}

# step NAME COMMAND…: runs it, and on failure says which step it was and why.
step() {
  local name=$1
  shift
  say "$name"
  "$@" </dev/null || fail "$name (exit status $?): $*"
}

# The packages of the given sections of scripts/packages.txt.
packages_of() {
  local wanted=" $* "
  awk -v wanted="$wanted" '
    /^#/ || NF == 0 { next }
    /^\[/ { section = substr($1, 2, length($1) - 2); next }
    index(wanted, " " section " ") { print $1 }' scripts/packages.txt
}

# A package counts as there if Debian's or another one brings what it is for: npm, for one, may come with nodejs.
is_there() {
  dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed && return 0
  case $1 in
    npm | ccache | chromium | firefox-esr | ffmpeg | pulseaudio | cmake) command -v "$1" >/dev/null ;;
    *) return 1 ;;
  esac
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    command -v sudo >/dev/null || fail "installing packages needs root, and there is no sudo. As root, run: $*"
    sudo "$@"
  fi
}

# need SECTION…: installs what is missing of them, and nothing if nothing is.
need() {
  local missing=()
  local package
  while read -r package; do
    is_there "$package" || missing+=("$package")
  done < <(packages_of "$@")
  [ ${#missing[@]} -eq 0 ] && return
  export DEBIAN_FRONTEND=noninteractive
  step "Refresh the list of packages" as_root apt-get update -q
  step "Install ${missing[*]}" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# build PRESET [TARGET…]: configures and builds. Quick when nothing changed.
build() {
  local preset=$1
  shift
  # Objects are the same in every build folder and every clone.
  export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$PWD
  step "Configure ($preset)" cmake --preset "$preset"
  step "Build ($preset)" cmake --build "build/$preset" --parallel "$(nproc)" "${@/#/--target=}"
}
