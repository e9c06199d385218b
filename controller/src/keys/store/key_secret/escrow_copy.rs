//! [`EscrowCopy`]: a copy of a key in plain, wrapped for age recipients. It is never opened here.
//!
//! Decided: a copy counts only with a proof that it was made with the private key. A user who may write Secrets could put one there that holds
//! something else, or is for another identity, which would be found out on the day when it is needed.

use crate::keys::key_policy::KeyPolicy;
use crate::keys::store::wrapped_secret::WrappedSecret;
use api::sealing_key::{ESCROW_PROOF, WRAPPED_KEY};
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{KeyProof, SlotReport};
use sealing::SealingKey;

/// A copy that was read.
#[derive(Debug)]
pub(crate) struct EscrowCopy {
    pub wrapped: WrappedSecret,
    /// What its annotation has to prove.
    claim: KeyProof,
    proof: Option<String>,
}

impl EscrowCopy {
    pub(crate) fn new(secret: &Secret, wrapped: WrappedSecret) -> Self {
        let document = secret.data.as_ref().and_then(|data| data.get(WRAPPED_KEY));
        let document = document.map(|document| document.0.as_slice()).unwrap_or_default();
        let claim = KeyProof::of_escrow_copy(wrapped.certificate.fingerprint(), document);
        let annotations = secret.metadata.annotations.as_ref();
        let proof = annotations.and_then(|annotations| annotations.get(ESCROW_PROOF)).cloned();
        Self { wrapped, claim, proof }
    }

    /// Why it is no copy of this key as it should be; None if it is.
    pub(crate) fn fault(&self, key: &SealingKey, policy: &KeyPolicy) -> Option<String> {
        if self.wrapped.certificate.fingerprint() != key.fingerprint() {
            return Some("it is a copy of another key".into());
        }
        let is_proven =
            self.proof.as_ref().is_some_and(|proof| self.claim.is_made_with(key.pair().private(), proof));
        if !is_proven {
            return Some(
                "nothing shows that it holds the private key: it was changed, or not made by this controller"
                    .into(),
            );
        }
        let of = self.wrapped.key.cluster_name();
        if let Some(here) = policy.cluster_name.as_ref().filter(|here| *here != of) {
            return Some(format!("it is for the cluster {of}, and this one is {here}"));
        }
        let report = self.slots(policy);
        (!report.missing.is_empty()).then(|| report.to_string())
    }

    /// How its recipients differ from those configured.
    pub(crate) fn slots(&self, policy: &KeyPolicy) -> SlotReport {
        SlotReport::new(&self.wrapped.key, false, &policy.escrow_recipients)
    }
}
