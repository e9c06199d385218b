#!/usr/bin/env bash
# Installs what a node needs and what is not built from Go modules, on Debian and Ubuntu: packages of what is missing, and no others, since
# Docker brings a runc that conflicts with Debian's. Needs root.
set -euo pipefail
packages=()
need() { [[ -x $(command -v "$1") ]] || packages+=("$2"); }
need /usr/lib/cni/bridge containernetworking-plugins
need conntrack conntrack
need ip iproute2
need iptables iptables
need nft nftables
need nsenter util-linux
need runc runc
need sysctl procps
if [[ ${#packages[@]} -gt 0 ]]; then
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}"
fi
