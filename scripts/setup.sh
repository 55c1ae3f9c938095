# shellcheck shell=bash disable=SC2034 # variables are for the scripts that source this
# Sourced by examples/quickstart.sh and tests/run.sh: installs what is missing (Debian 12, root or sudo) and builds.
#   need_packages NAME...    apt-get install of those that are not there
#   build_preset PRESET [cmake build arguments]
set -eu

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# To build the product. OpenCV in three packages, because libopencv-dev would bring 506 packages.
BUILD_PACKAGES="g++ cmake ninja-build ccache pkg-config
  libcli11-dev nlohmann-json3-dev libyaml-cpp-dev libssl-dev libsimdjson-dev libpugixml-dev
  libopencv-core-dev libopencv-imgproc-dev libopencv-dnn-dev libturbojpeg0-dev libpng-dev libwebp-dev
  libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libavdevice-dev
  libarchive-dev libdeflate-dev libsqlite3-dev libcurl4-openssl-dev libmosquitto-dev libjsonnet-dev libre2-dev libmimalloc-dev libboost-dev
  lowdown"
# To test it as well.
TEST_PACKAGES="mosquitto mosquitto-clients ceph-mon ceph-osd radosgw faketime unzip zip libgtest-dev libgmock-dev libvalijson-dev jq shellcheck procps python3 python3-numpy python3-yaml sqlite3 chromium curl openssl
  docker-registry skopeo umoci buildah busybox-static apache2-utils python3-jsonschema
  gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good strace
  munge slurm-wlm yamllint"

need_packages() {
  local missing="" name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing="$missing $name"
  done
  [ -n "$missing" ] || return 0
  local as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "These packages are missing and you are not root, nor is sudo here:$missing" >&2
      return 1
    }
    as_root=sudo
  fi
  echo "Installing:$missing"
  $as_root apt-get update -qq
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

build_preset() {
  local preset=$1
  shift
  command -v ccache >/dev/null && export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
  (cd "$ROOT" && { [ -e "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null; } &&
    cmake --build --preset "$preset" "$@")
}
