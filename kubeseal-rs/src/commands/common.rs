//! What several commands do: [`seal_for`] decides for whom values are sealed, [`settle`] name, namespace and scope of a Secret;
//! [`sealed_files`] finds and reads files with SealedSecrets, [`sealed_input`] reads one file or standard input, [`templated_files`] names those that do not parse
//! because they are templates, [`failures`] collects what could not be done, [`rebind`] seals values for another name, namespace or scope, [`annotations`] refuses annotations that repeat a value, [`fingerprint_change`] writes the fingerprint
//! of the certificate, [`reason`] explains why a controller does not open a SealedSecret, by [`known_keys`]; [`opening_hint`] says what keys of one's own lack;
//! [`written`] says what was written to a file.

pub(crate) mod annotations;
pub(crate) mod failures;
pub(crate) mod fingerprint_change;
pub(crate) mod known_keys;
pub(crate) mod opening_hint;
pub(crate) mod reason;
pub(crate) mod rebind;
pub(crate) mod seal_for;
pub(crate) mod sealed_files;
pub(crate) mod sealed_input;
pub(crate) mod settle;
pub(crate) mod templated_files;
pub(crate) mod written;
