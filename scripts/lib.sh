# What the scripts share; sourced with the repository's root as the current folder.

# -- packages --------------------------------------------------------------------------------------

build_packages=(
  g++ cmake ninja-build ccache python3
  libcaf-dev libboost1.81-dev libssl-dev zlib1g-dev libprotobuf-dev libprotoc-dev
  protobuf-compiler libsqlite3-dev libnats-dev pkg-config libcli11-dev libspdlog-dev
  libgtest-dev libgmock-dev libbenchmark-dev
)
test_packages=(nats-server clang-format-14 golang-go openssl spin python3-websockets nodejs chromium)
fuzz_packages=(clang-14 libclang-rt-14-dev)
mingw_packages=(g++-mingw-w64-x86-64-posix)

# need_packages <package>...: installs those that are missing and says which. Elsewhere than on
# Debian it says what is needed and ends with 2, unless ACTORNET_PACKAGES=installed.
need_packages() {
  local package missing=() as_root=()
  [[ ${ACTORNET_PACKAGES:-} != installed ]] || return 0
  if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
    needed_elsewhere "$@" >&2
    exit 2
  fi
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  echo "installing the missing packages: ${missing[*]}"
  ((EUID == 0)) || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq || true  # one bad source of many must not stop us
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" > /dev/null; then
    needed_elsewhere "${missing[@]}" >&2
    exit 2
  fi
}

needed_elsewhere() {
  cat << TEXT
These are Debian 12's packages, which cannot be installed here: $*
Install what they hold (Boost >= 1.81, OpenSSL >= 3.0, protobuf 3.21, CMake >= 3.25, g++ >= 12). CAF must be exactly
0.17.6: build it from the tag 0.17.6 of github.com/actor-framework/actor-framework, set CAF_ROOT to
its prefix, and run this again with ACTORNET_PACKAGES=installed.
TEXT
}

# -- simulations -----------------------------------------------------------------------------------

# use_seeds_of_commit: simulations begin at a seed that is the commit's hash, the same each time and
# another one with each commit; at 1 where there is no commit. ACTORNET_SEED_BASE overrides it.
use_seeds_of_commit() {
  local commit
  commit=$(git rev-parse --verify --quiet HEAD 2> /dev/null) || commit=1
  export ACTORNET_SEED_BASE=${ACTORNET_SEED_BASE:-$commit}
  echo "simulations begin at seed ACTORNET_SEED_BASE=$ACTORNET_SEED_BASE"
}

# -- builds ----------------------------------------------------------------------------------------

# build <preset> [target]...: configures and builds; quiet as long as nothing goes wrong. Another
# CAF than ours is refused in one line.
build() {
  local preset=$1 log line targets=()
  shift
  if ! log=$(cmake --preset "$preset" 2>&1); then
    if line=$(grep -m 1 -o 'actornet needs CAF.*' <<< "$log"); then
      echo "$line" >&2
      exit 2
    fi
    echo "$log" >&2
    exit 1
  fi
  (($# == 0)) || targets=(--target "$@")
  echo "building $preset${*:+: $*}"
  cmake --build --preset "$preset" --parallel "$(nproc)" ${targets[@]+"${targets[@]}"}
}
