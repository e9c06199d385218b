//! Why a SealedSecret is not unsealed. Imports no other module of `unseal`.
//!
//! A [`refusal`] lies in the SealedSecret or its Secret, and is not retried; a [`transient`] error lies in the cluster,
//! and is. [`api_message`] and [`redact`] keep sealed values out of their messages, and [`truncate`] bounds the length.
//! [`identity`] says whether a transient error is the one of before.
//!
//! To add a reason why a SealedSecret is not unsealed, add a variant with its message and its `reason`, and return it
//! from `decide`, or from `apply` if a response of the API server is the cause. Then look at
//! `Refusal::is_unseal_failure` (the reason of the event, the label of the metric) and `Plan::may_reveal_values`
//! (whether it may depend on sealed values), and add it to `controller/docs/reference.md` and `troubleshooting.md`.
//! Reasons inside one item are in `sealing::unseal::error`.

pub(crate) mod api_message;
pub(crate) mod identity;
pub(crate) mod redact;
pub(crate) mod refusal;
pub(crate) mod transient;
pub(crate) mod truncate;
