//! The Go packages behind sprig's functions, as far as a template can see them. Each stands on its own: it knows bytes and numbers,
//! and no [`Value`](crate::value::Value).

pub(crate) mod base64;
pub(crate) mod regexp;
pub(crate) mod semver;
pub(crate) mod strconv;
pub(crate) mod time;
pub(crate) mod url;
pub(crate) mod x509;
