//! What several commands do: [`sealed_files`] finds and reads files with SealedSecrets, [`templated_files`] names those that do not parse
//! because they are templates, [`annotations`] refuses annotations that repeat a value, [`fingerprint_change`] writes the fingerprint
//! of the certificate, [`reason`] explains why a SealedSecret does not open.

pub(crate) mod annotations;
pub(crate) mod fingerprint_change;
pub(crate) mod reason;
pub(crate) mod sealed_files;
pub(crate) mod templated_files;
