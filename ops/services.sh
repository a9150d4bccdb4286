# shellcheck shell=bash
# What ops/run and ops/test share: system packages, and starting, awaiting and stopping the four
# services. Sourced, never run. Whoever sources it sets `port` for each service first.

services=(processor-registry recycled-input hydrogen-use dashboard)
declare -A port pid
# One program in the foreground (a build, a fill) that a signal must reach too.
step=""

say() { printf '%s\n' "$*"; }
die() {
  printf '%s: %s\n' "ops/${0##*/}" "$*" >&2
  exit 1
}

# What building needs on Debian 12 beside Swift itself.
# shellcheck disable=SC2034  # read by those who source this
build_packages=(ca-certificates curl git libc6-dev libcurl4-openssl-dev libpq-dev libsqlite3-dev
  libstdc++-12-dev pkg-config zlib1g-dev)

# Installs those of the named Debian packages that are missing.
install_packages() {
  local missing=() package as_root=()
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is not Debian: see for yourself that these are installed: $*"
    return
  fi
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null ||
      die "these packages are missing, and without root or sudo they cannot be installed: have \
an administrator run 'apt-get install ${missing[*]}', then start again"
    as_root=(sudo)
  fi
  say "Installing ${missing[*]} …"
  "${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "${missing[@]}" >/dev/null
}

require_swift() {
  local version
  command -v swift >/dev/null ||
    die "Swift 6.3 is missing: install it (https://www.swift.org/install/linux) and put its \
usr/bin on the PATH"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
  [[ $(printf '%s\n' 6.3 "$version" | sort -V | head -n 1) == 6.3 ]] ||
    die "Swift 6.3 or later is needed, and 'swift --version' says ${version:-nothing}"
}

# Runs a program so that a signal to this script is answered at once and not only after it.
# (The shell would have a background program ignore Ctrl-C; descriptor 9 is the lock of ops/run.)
run_step() {
  local status=0
  env --default-signal=INT "$@" 9>&- &
  step=$!
  wait "$step" || status=$?
  step=""
  return "$status"
}

require_free_ports() {
  local name
  for name in "${services[@]}"; do
    if (exec 3<>"/dev/tcp/127.0.0.1/${port[$name]}") 2>/dev/null; then
      die "port ${port[$name]}, meant for $name, is in use: stop what listens there, or name \
another with $1"
    fi
  done
}

# start_services BINARIES FOLDER: storage, keys and logs of all four lie in FOLDER.
start_services() {
  local binaries=$1 folder=$2 name log
  mkdir -p "$folder/log"
  for name in "${services[@]}"; do
    log=$folder/log/$name.log
    [[ ! -e $log ]] || mv "$log" "$log.1"
    # A session of its own: Ctrl-C reaches this script alone, which then stops them in order.
    env REMELT_HTTP_PORT="${port[$name]}" \
      REMELT_PUBLIC_URL="$(url "$name")" \
      REMELT_STORAGE_URL="sqlite:$folder/$name.sqlite" \
      REMELT_KEYS_FOLDER="$folder/keys" \
      REMELT_REGISTRY_URL="$(url processor-registry)" \
      REMELT_RECYCLED_INPUT_URL="$(url recycled-input)" \
      REMELT_HYDROGEN_USE_URL="$(url hydrogen-use)" \
      setsid "$binaries/$name" serve </dev/null >"$log" 2>&1 &
    pid[$name]=$!
  done
}

url() { printf 'http://127.0.0.1:%s' "${port[$1]}"; }

runs() { kill -0 "${pid[$1]}" 2>/dev/null; }

show_log() {
  say "--- the last lines of $2/log/$1.log" >&2
  tail -n 20 "$2/log/$1.log" >&2 || true
}

# await_ready FOLDER SECONDS: until all four answer that they are ready; fails naming the first
# that is not, with its last log lines and what it answers.
await_ready() {
  local folder=$1 deadline=$((SECONDS + $2)) name
  for name in "${services[@]}"; do
    until curl -fs -m 2 -o /dev/null "$(url "$name")/health/ready"; do
      if ! runs "$name"; then
        show_log "$name" "$folder"
        say "$name ended instead of getting ready." >&2
        return 1
      fi
      if ((SECONDS >= deadline)); then
        show_log "$name" "$folder"
        say "$name was not ready within $2 seconds; /health/ready answers:" >&2
        curl -sS -m 2 "$(url "$name")/health/ready" >&2 || true
        return 1
      fi
      sleep 0.2
    done
    say "  ready: $name"
  done
}

# Ends what runs: asks first, waits up to 20 seconds, says what did not obey.
stop_services() {
  local name deadline=$((SECONDS + 20)) stopped=() killed=()
  for name in "${!pid[@]}"; do kill -TERM "${pid[$name]}" 2>/dev/null || true; done
  if [[ -n $step ]]; then
    kill -INT "$step" 2>/dev/null || true
    while kill -0 "$step" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.1; done
    kill -KILL "$step" 2>/dev/null || true
  fi
  for name in "${!pid[@]}"; do
    while runs "$name" && ((SECONDS < deadline)); do sleep 0.1; done
    if runs "$name"; then
      kill -KILL "${pid[$name]}" 2>/dev/null || true
      killed+=("$name")
    else
      stopped+=("$name")
    fi
  done
  pid=()
  [[ ${#stopped[@]} -eq 0 ]] || say "Stopped: ${stopped[*]}."
  [[ ${#killed[@]} -eq 0 ]] || say "Did not stop within 20 seconds and were killed: ${killed[*]}."
  [[ ${#killed[@]} -eq 0 ]]
}
