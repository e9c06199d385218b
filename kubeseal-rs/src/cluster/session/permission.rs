//! [`Permission`]: what a Role has to allow, in words and as the kubectl commands that grant and check it.

/// One verb on one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permission<'a> {
    pub verb: &'static str,
    /// Plural, with its subresource after a slash.
    pub resource: &'static str,
    /// None for all namespaces.
    pub namespace: Option<&'a str>,
}

impl Permission<'_> {
    /// What a user without this permission can do.
    pub(crate) fn hint(&self) -> String {
        let Self { verb, resource, .. } = self;
        let (kind, location, flag) = match self.namespace {
            Some(namespace) => ("role", format!("in namespace {namespace}"), format!(" -n {namespace}")),
            None => ("clusterrole", "in all namespaces".into(), String::new()),
        };
        let (checked, all) = match resource.split_once('/') {
            Some((resource, subresource)) => (format!("{resource} --subresource={subresource}"), ""),
            None => ((*resource).to_owned(), if self.namespace.is_none() { " -A" } else { "" }),
        };
        format!(
            "your user needs the right to {verb} {resource} {location}: `kubectl create {kind} NAME{flag} --verb={verb} \
             --resource={resource}` and a binding grant it, `kubectl auth can-i {verb} {checked}{flag}{all}` checks it"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_kubectls() {
        let hint = Permission { verb: "get", resource: "services/proxy", namespace: Some("a") }.hint();
        assert!(
            hint.contains("`kubectl create role NAME -n a --verb=get --resource=services/proxy`"),
            "{hint}"
        );
        assert!(hint.contains("`kubectl auth can-i get services --subresource=proxy -n a`"), "{hint}");
        let hint = Permission { verb: "list", resource: "sealedsecrets.bitnami.com", namespace: None }.hint();
        assert!(
            hint.contains(
                "`kubectl create clusterrole NAME --verb=list --resource=sealedsecrets.bitnami.com`"
            )
        );
        assert!(hint.contains("`kubectl auth can-i list sealedsecrets.bitnami.com -A`"), "{hint}");
    }
}
