//! A real node: kubelet, containerd and what they need, in namespaces of their own. Needs root, on Linux.

pub mod requirements;
