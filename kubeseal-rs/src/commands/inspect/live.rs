//! [`Cluster`]: the state of a SealedSecret in the cluster; [`LiveKeys`]: what is known of the cluster's keys.

use crate::cluster::session::Session;
use crate::cluster::session::request_error::RequestError;
use crate::commands::common::known_keys::{KnownKeys, state_here};
use crate::commands::inspect::error::InspectError;
use crate::commands::inspect::report::{LiveState, SealedSecretReport};
use crate::controller::Controller;
use crate::error::{CommandError, Context as _};
use crate::manifest::names::is_object_name;
use crate::target::Target;
use crate::target::namespace::NamespaceRule;
use api::{Condition, ConditionStatus, ObservedSealedSecret};
use envelope::Fingerprint;
use kube::Api;
use sealing::NotedKey;
use std::cell::OnceCell;

/// A cluster that requests are sent to.
pub(crate) struct Cluster<'a> {
    session: Session,
    namespace: &'a NamespaceRule,
}

impl<'a> Cluster<'a> {
    /// Prepares a session. No request is sent yet.
    pub(crate) fn connect(
        cluster: &crate::cluster::Cluster,
        namespace: &'a NamespaceRule,
    ) -> Result<Self, CommandError> {
        let session = Session::begin(cluster).hint("or leave out --live")?;
        Ok(Self { session, namespace })
    }

    /// The cluster's state of this report's SealedSecret.
    pub(crate) fn state_of(&self, report: &SealedSecretReport) -> Result<LiveState, CommandError> {
        let namespace = self.namespace.decide(report.namespace.as_deref())?;
        let name = report.name.clone().unwrap_or_default();
        let mut state = LiveState {
            server: self.session.server().to_owned(),
            namespace: namespace.clone(),
            ..LiveState::default()
        };
        // A manifest must not reach other paths of the API server.
        if !is_object_name(&name) || !is_object_name(&namespace) {
            return Ok(state);
        }
        let found = self.session.request(async |client| {
            Api::<ObservedSealedSecret>::namespaced(client, &namespace).get_opt(&name).await
        });
        let found = found.map_err(|error| InspectError::Get {
            server: self.session.server().to_owned(),
            namespace,
            name,
            source: RequestError::from(error),
        })?;
        if let Some(found) = found {
            fill(&mut state, found, report);
        }
        Ok(state)
    }
}

/// The keys of the cluster. Its controller is asked for when a key is to be known.
#[derive(Default)]
pub(crate) struct LiveKeys {
    controller: OnceCell<Option<Controller>>,
    known: KnownKeys,
}

impl LiveKeys {
    /// What is known of this key. Without a controller, what this machine knows.
    pub(crate) fn state_of(&self, target: &Target, key: Fingerprint) -> NotedKey {
        let find = || Controller::find(target.controller().ok()?).ok();
        match self.controller.get_or_init(find) {
            Some(controller) => self.known.state_of(controller, key),
            None => state_here(key),
        }
    }
}

fn fill(state: &mut LiveState, found: ObservedSealedSecret, report: &SealedSecretReport) {
    state.exists = true;
    let items = found.spec.ok().map(|spec| spec.encrypted_data);
    state.same_items = Some(items.as_ref() == Some(&report.encrypted_data));
    state.same_names = items.is_some_and(|items| items.keys().eq(report.encrypted_data.keys()));
    state.generation = found.metadata.generation;
    let Some(status) = found.status else { return };
    state.observed_generation = status.observed_generation.filter(|generation| *generation >= 0);
    let leak = status.condition(Condition::COMPROMISED).filter(|it| it.status == ConditionStatus::True);
    state.compromised = leak.map(|condition| condition.message.clone().unwrap_or_default());
    if let Some(condition) = status.condition(Condition::SYNCED) {
        let synced = match condition.status {
            ConditionStatus::True => "True",
            ConditionStatus::False => "False",
            ConditionStatus::Unknown => "Unknown",
        };
        state.synced = Some(synced.into());
        state.reason.clone_from(&condition.reason);
        state.message.clone_from(&condition.message);
    }
}

/// Whether the leaked key opens the values of this report: they are the cluster's, or name that key.
pub(crate) fn is_compromised(report: &SealedSecretReport, state: &LiveState) -> bool {
    let noted = || report.noted_keys.of_items.iter().map(ToString::to_string);
    state
        .compromised
        .as_deref()
        .is_some_and(|message| state.same_items == Some(true) || noted().any(|key| message.contains(&key)))
}

/// Whether the controller has looked at these values, and not unsealed them. A file that is not applied says nothing of the cluster, and the
/// other way round.
pub(crate) fn is_refused(state: &LiveState) -> bool {
    let is_present = state.same_items == Some(true) && state.observed_generation == state.generation;
    is_present && state.synced.as_deref().is_some_and(|synced| synced != "True")
}
