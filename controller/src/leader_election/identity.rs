//! [`Identity`]: the name under which this process holds the Lease.

/// The name of this process among the replicas, and those of earlier processes of this pod.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// Unique: not even an earlier process in the same pod had it.
    pub(crate) name: String,
    /// The common prefix of the names of all processes of this pod; None if the pod is not known.
    pod: Option<String>,
}

impl Identity {
    /// From the variables that the chart sets.
    pub(crate) fn of_this_process() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
        let pod = variable("POD_NAME").or_else(|| variable("HOSTNAME"));
        let pod = pod.unwrap_or_else(|| "sealed-secrets-controller".into());
        Self::new(&pod, variable("POD_UID").as_deref(), &format!("{:08x}", rand::random::<u32>()))
    }

    pub(crate) fn new(pod: &str, uid: Option<&str>, process: &str) -> Self {
        match uid {
            Some(uid) => Self { name: format!("{pod}_{uid}_{process}"), pod: Some(format!("{pod}_{uid}_")) },
            None => Self { name: format!("{pod}_{process}"), pod: None },
        }
    }

    /// Whether `holder` is an earlier process of this pod. It has ended: a kubelet starts a container again when it has
    /// ended. By the pod's UID, because names are reused, and a name alone may be that of a node.
    pub(crate) fn succeeds(&self, holder: &str) -> bool {
        self.pod.as_ref().is_some_and(|pod| holder.starts_with(pod.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_of_the_same_pod_is_a_predecessor() {
        let me = Identity::new("controller-1", Some("uid"), "b");
        assert_eq!(me.name, "controller-1_uid_b");
        assert!(me.succeeds("controller-1_uid_a"));
        assert!(!me.succeeds("controller-1_other_a") && !me.succeeds("controller-1_a"));
        assert!(!Identity::new("node", None, "b").succeeds("node_a"), "who knows");
    }
}
