//! Objects as the API server has them, whatever a client wrote. Each type decodes what is there, where the strict types fail:
//! [`ObservedSealedSecret`], [`WatchedSealedSecret`] (what a watch keeps of one), [`ObservedSecret`] and [`ObservedMetadata`]
//! (with a [`ContentTrace`](crate::ContentTrace)).

mod kept_json;
mod kept_spec;
mod metadata;
mod sealed_secret;
mod secret;
mod served_as;
mod watched;

pub use kept_json::{KeptJson, KeptStatus};
pub use metadata::{METADATA_ONLY, ObservedMetadata};
pub use sealed_secret::ObservedSealedSecret;
pub use secret::ObservedSecret;
pub use watched::{WatchedSealedSecret, WatchedSpec};
