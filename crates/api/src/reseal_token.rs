//! The token with which a client passes the rate limit of `/v1/verify` and `/v1/rotate`: `kubeseal-rs` requests and sends it, the
//! controller checks it.
//!
//! Decided: a token of a ServiceAccount that exists for this alone, for an audience of its own, instead of the user's token: the Service
//! that the request goes to may be a stranger's, and could use the user's token at the API server.
//!
//! Decided: the verb `reseal`, which the API server knows for no object, instead of `update`: who may create tokens of the ServiceAccount
//! chooses their audience, and a token for the API server's audience must be worth no more there than one of any other ServiceAccount of the
//! namespace: what is bound to the groups of all `ServiceAccounts`.

/// The audience of the token. The API server itself does not accept a token that is for this audience only.
pub const AUDIENCE: &str = "sealed-secrets-controller";

/// The request header with the token. The API server's proxy removes `Authorization`, and passes this one on.
pub const HEADER: &str = "sealed-secrets-token";

/// What the token's user must be allowed to do with SealedSecrets in the namespace of the object.
pub const VERB: &str = "reseal";

/// How long a token is valid: the shortest time for which the API server creates one.
pub const SECONDS: u32 = 600;

/// Name of the ServiceAccount, in the namespace of the controller with this name.
pub fn service_account(controller: &str) -> String {
    format!("{controller}-reseal")
}
