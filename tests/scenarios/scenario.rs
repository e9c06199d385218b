//! [`Scenario`]: one entry of the list, as it is written.

use serde::Deserialize;
use serde_json::Value;

use crate::outcome::Outcome;

/// One story, told of the SealedSecret and Secret called `db` unless it says otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Scenario {
    /// In one line.
    pub name: String,
    /// Whose end state is looked at.
    #[serde(default = "db")]
    pub object: String,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// The end state.
    pub expect: Outcome,
    /// The end state with our controller, where it is another on purpose.
    pub ours: Option<Better>,
}

/// Where ours differs, and why that is better.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Better {
    /// The reason, one of those in the README.
    pub because: String,
    /// The end state.
    pub expect: Outcome,
}

/// One thing that a person does, or waits for. Objects get the scenario's namespace.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) enum Step {
    /// Applies an object as it is.
    Apply(Value),
    /// Seals a Secret, changes the SealedSecret, and applies it.
    Seal {
        /// Metadata, data, stringData, type, immutable.
        secret: Value,
        /// Flags for kubeseal.
        #[serde(default)]
        args: Vec<String>,
        /// Breaks every item into lines, as a literal block in YAML does.
        #[serde(default)]
        wrap: bool,
        /// A JSON merge patch on the SealedSecret, before it is applied.
        #[serde(default)]
        change: Value,
    },
    /// `kubectl patch --type merge` on the SealedSecret.
    PatchSealed(Value),
    /// `kubectl patch --type merge` on the Secret.
    PatchSecret(Value),
    /// Makes the SealedSecret of that name the controller of the Secret.
    Give(String),
    /// `kubectl delete sealedsecret`.
    DeleteSealed,
    /// `kubectl delete secret`.
    DeleteSecret,
    /// Waits for a state in between.
    Wait(Outcome),
}

fn db() -> String {
    "db".into()
}
