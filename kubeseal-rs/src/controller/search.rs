//! [`Search`]: the Services in all namespaces that may be the controller's, and what the user is told of them.

/// What upstream's chart and ours put on the Services of a controller.
pub(crate) const LABEL: (&str, &str) = ("app.kubernetes.io/name", "sealed-secrets");

/// What a search in all namespaces gave.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Namespace and name of each Service with the label.
    pub found: Vec<(String, String)>,
    /// Whether the user may not list Services.
    pub is_refused: bool,
}

impl Search {
    /// Where it was looked for, if the user gave no name.
    pub(crate) fn tried(namespace: &str) -> String {
        let (label, value) = LABEL;
        format!("tried: the default name, and the label {label}={value}, in {namespace}")
    }

    /// What to do after the Service was not found.
    pub(crate) fn hint(&self) -> String {
        let flags = |(namespace, name): &(String, String)| {
            format!("--controller-namespace {namespace} --controller-name {name}")
        };
        let (label, value) = LABEL;
        let trust = "a user who may create a Service anywhere can put that label on it, so that it was not used by itself";
        match self.found.as_slice() {
            [] if self.is_refused => "say where the controller's Service is, with --controller-name NAME and --controller-namespace \
                NAMESPACE; `kubectl get services -A | grep -i sealed` finds it"
                .into(),
            [] => format!(
                "no Service of the cluster has the label {label}={value}: install the controller; or say where its Service is, with \
                 --controller-name NAME and --controller-namespace NAMESPACE"
            ),
            [one] => format!(
                "the Service {}/{} has the label of a controller: if it is yours, add {}; {trust}",
                one.0,
                one.1,
                flags(one)
            ),
            several => format!(
                "these Services have the label of a controller; if one of them is yours, add its flags: {}; {trust}",
                several.iter().map(flags).collect::<Vec<_>>().join(", or ")
            ),
        }
    }
}
