//! Whether this program runs in a pod, and the namespace of the pod, by the rules of client-go.

use std::ffi::OsString;
use std::path::Path;

/// Where Kubernetes puts the files of a pod's service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The namespace of a pod that states none.
const DEFAULT_NAMESPACE: &str = "default";

/// Whether this is a pod with a service account, which may send requests to its API server.
pub(crate) fn is_inside() -> bool {
    inside(Path::new(SERVICE_ACCOUNT), std::env::var_os)
}

/// The pod's namespace; none outside of one.
pub(crate) fn namespace() -> Option<String> {
    namespace_by(Path::new(SERVICE_ACCOUNT), std::env::var_os)
}

fn inside(account: &Path, variable: impl Fn(&'static str) -> Option<OsString>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
    is_set("KUBERNETES_SERVICE_HOST")
        && is_set("KUBERNETES_SERVICE_PORT")
        && account.join("token").metadata().is_ok_and(|token| !token.is_dir())
}

fn namespace_by(
    account: &Path,
    variable: impl Fn(&'static str) -> Option<OsString> + Copy,
) -> Option<String> {
    if !inside(account, variable) {
        return None;
    }
    let stated = variable("POD_NAMESPACE").and_then(|namespace| namespace.into_string().ok());
    let mounted = || std::fs::read_to_string(account.join("namespace")).ok();
    let named =
        |namespace: String| Some(namespace.trim().to_owned()).filter(|namespace| !namespace.is_empty());
    Some(
        stated
            .and_then(named)
            .or_else(|| mounted().and_then(named))
            .unwrap_or_else(|| DEFAULT_NAMESPACE.into()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespace_of_a_pod_is_stated_or_mounted() {
        let account = tempfile::tempdir().unwrap();
        let namespace = |stated: &'static str, host: &'static str| {
            namespace_by(account.path(), |name| match name {
                "KUBERNETES_SERVICE_HOST" => Some(host.into()),
                "KUBERNETES_SERVICE_PORT" => Some("443".into()),
                "POD_NAMESPACE" => Some(stated.into()),
                _ => None,
            })
        };
        assert_eq!(namespace("a", "10.0.0.1"), None, "without a token it may not ask");
        std::fs::write(account.path().join("token"), "t").unwrap();
        assert_eq!(namespace("", "10.0.0.1").as_deref(), Some("default"));
        std::fs::write(account.path().join("namespace"), "mounted\n").unwrap();
        assert_eq!(namespace("", "10.0.0.1").as_deref(), Some("mounted"));
        assert_eq!(namespace("stated", "10.0.0.1").as_deref(), Some("stated"));
        assert_eq!(namespace("stated", ""), None, "no pod");
    }
}
