//! [`Scenario`]: one entry of the list.

use serde::Deserialize;
use serde_json::Value;

use crate::outcome::{Glimpse, Outcome};

/// One sequence of steps, with the SealedSecret and Secret called `db` unless it says otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Scenario {
    /// Its name, in one line.
    pub name: String,
    /// The object whose end state is checked.
    #[serde(default = "db")]
    pub object: String,
    /// Upstream's watch ends at this object: the scenario runs after all others, and waits by time, because upstream
    /// sees nothing any more.
    #[serde(default)]
    pub poison: bool,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The end state.
    pub expect: Outcome,
    /// The end state with our controller, where it differs on purpose.
    pub ours: Option<Better>,
}

/// How ours differs, and why that is better.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Better {
    /// The reason, one of those in `controller/docs/migrating.md`.
    pub because: String,
    /// The end state.
    pub expect: Outcome,
}

/// One step of a user, or a wait. Objects get the scenario's namespace.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) enum Step {
    /// Applies an object as it is.
    Apply(Value),
    /// Seals a Secret, changes the SealedSecret, and applies it.
    Seal(Box<Sealing>),
    /// Applies a SealedSecret in the deprecated form: a whole Secret in `spec.data`.
    SealWhole {
        /// The Secret, as JSON in the envelope.
        secret: Value,
        /// A JSON merge patch on the SealedSecret, before it is applied.
        #[serde(default)]
        change: Value,
    },
    /// `kubectl patch --type merge` on the SealedSecret.
    PatchSealed(Value),
    /// `kubectl patch --type merge` on the Secret.
    PatchSecret(Value),
    /// Makes another object the controller of the Secret, and its only owner.
    Give(Owner),
    /// `kubectl delete sealedsecret`.
    DeleteSealed,
    /// `kubectl delete sealedsecret --cascade=orphan`.
    OrphanSealed,
    /// `kubectl delete secret`.
    DeleteSecret,
    /// A step without an effect: no write to the Secret or the status, no event.
    InVain(Box<Step>),
    /// Waits until it is unsealed, or has failed and is not tried again for a while.
    Settled,
    /// Waits for a state between two steps.
    Wait(Box<Glimpse>),
}

/// How a Secret is sealed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Sealing {
    /// Metadata, data, stringData, type, immutable.
    pub secret: Value,
    /// Flags for kubeseal.
    #[serde(default)]
    pub args: Vec<String>,
    /// Breaks every item into lines, as a literal block in YAML does.
    #[serde(default)]
    pub wrap: bool,
    /// An object that the template names as the Secret's controller.
    pub template_owner: Option<Owner>,
    /// A JSON merge patch on the SealedSecret, before it is applied.
    #[serde(default)]
    pub change: Value,
}

/// An object in the scenario's namespace.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Owner {
    /// Such as `v1`.
    pub api_version: String,
    /// Such as `ConfigMap`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

fn db() -> String {
    "db".into()
}
