//! The modes of upstream's `kubeseal`, chosen by its flags: `flags` are read into a `task`, which one of the other files carries
//! out; `no_effect` warns of flags that mean nothing there. A new flag is a field in `flags`, in the variant of `task::Task` that uses it, and in `no_effect`; a new mode is a variant of `mode::Mode`
//! and of `Task`, and a file here.

pub(crate) mod does_not_open;
pub(crate) mod flags;
pub(crate) mod merge_into;
pub(crate) mod mode;
pub(crate) mod no_effect;
pub(crate) mod raw;
pub(crate) mod re_encrypt;
pub(crate) mod recovery_unseal;
pub(crate) mod seal;
pub(crate) mod task;
#[cfg(test)]
mod tests;
pub(crate) mod validate;

use crate::commands::upstream::flags::UpstreamFlags;
use crate::commands::upstream::task::Task;
use crate::error::CommandError;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;

pub(crate) fn run(
    flags: UpstreamFlags,
    certificate: CertificateFlags,
    connection: ConnectionFlags,
) -> Result<(), CommandError> {
    match Task::from_args(flags, certificate, connection)? {
        Task::FetchCert { certificate, output } => {
            output.write(certificate.pem()?.as_bytes())?;
            output.wrote("the certificate to seal with");
            Ok(())
        }
        Task::Raw(raw) => raw::raw(&raw),
        Task::Seal(seal) => seal::seal(&seal),
        Task::RecoveryUnseal(recovery) => recovery_unseal::recovery_unseal(&recovery),
        Task::Validate(validate) => validate::validate(&validate),
        Task::ReEncrypt(re_encrypt) => re_encrypt::re_encrypt(&re_encrypt),
        Task::MergeInto(merge) => merge_into::merge_into(&merge),
    }
}
