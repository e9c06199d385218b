# The first process in a node's namespaces: gives the node what it takes for its own, a network and empty folders, and then collects
# processes that lost their parent. The arguments: the folder of the node, its address, the network of its Pods.
# Nothing here reaches the machine outside: mounts and devices are gone with the namespaces.
set -euo pipefail
dir=$1 address=$2 pods=$3

mount --make-rprivate /
mount --make-rshared /
# The same as in requirements.rs.
for folder in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done

# The kubelet insists on settings of the whole machine. It finds files that say so, and writes to those.
mkdir /run/settings /run/cni
while read -r name value; do
  file=/run/settings/${name//\//_}
  echo "$value" >"$file"
  mount --bind "$file" "/proc/sys/$name"
done <<END
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END
sysctl -qw net.ipv4.ip_forward=1

ip link set lo up
ip link add node0 type bridge
ip link set node0 address 02:00:00:00:00:01
ip address add "$address/24" dev node0
ip link set node0 up
# Leads nowhere: there is no other network. Programs look for the interface of the default route.
ip route add default via "${address%.*}.254"

cat >/run/cni/10-pods.conflist <<END
{ "cniVersion": "1.0.0", "name": "pods", "plugins": [
  { "type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "ranges": [[{ "subnet": "$pods" }]], "routes": [{ "dst": "0.0.0.0/0" }] } },
  { "type": "portmap", "capabilities": { "portMappings": true } } ] }
END

touch "$dir/inside"
sleep infinity &
wait
