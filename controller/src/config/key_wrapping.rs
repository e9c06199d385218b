//! [`KeyWrapping`]: which providers wrap and unwrap the private sealing keys.

use crate::cli::key_wrap_flags::KeyWrapFlags;
use crate::config::error::ConfigError;
use key_wrapping::{ClusterName, MOST_SLOTS, ProviderSpec};

/// The providers, and what is done with keys of either form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyWrapping {
    /// The name to which wrapped keys are bound.
    pub cluster_name: ClusterName,
    /// New keys are wrapped with all of these. Age recipients alone keep a copy of each key, which stays in plain.
    pub wrap_with: Vec<ProviderSpec>,
    /// These only open.
    pub unwrap_with: Vec<ProviderSpec>,
    /// Whether the certificates of keys in plain are not served.
    pub required: bool,
    /// Whether wrapped keys are stored in plain again.
    pub unwrap_all: bool,
}

impl KeyWrapping {
    /// None if no provider is given.
    pub(crate) fn from_flags(flags: &KeyWrapFlags) -> Result<Option<Self>, ConfigError> {
        let wrap_with = providers("key-wrap-with", &flags.key_wrap_with)?;
        let unwrap_with = providers("key-unwrap-with", &flags.key_unwrap_with)?;
        if wrap_with.is_empty() && unwrap_with.is_empty() {
            let is_asked_for = flags.key_wrap_required == Some(true) || flags.key_unwrap_all;
            return if is_asked_for { Err(ConfigError::NoProvider) } else { Ok(None) };
        }
        if wrap_with.len() > MOST_SLOTS {
            return Err(ConfigError::TooManyProviders);
        }
        if unwrap_with.iter().any(|provider| !provider.uri.is_service()) {
            return Err(ConfigError::AgeOpensNothing);
        }
        if flags.key_unwrap_all && (!wrap_with.is_empty() || unwrap_with.is_empty()) {
            return Err(ConfigError::UnwrapAll);
        }
        let by_service = wrap_with.iter().any(|provider| provider.uri.is_service());
        let required = flags.key_wrap_required.unwrap_or(by_service);
        if required && !by_service {
            return Err(ConfigError::NothingOpens);
        }
        Ok(Some(Self {
            cluster_name: flags.cluster_name.parse().map_err(ConfigError::ClusterName)?,
            wrap_with,
            unwrap_with,
            required,
            unwrap_all: flags.key_unwrap_all,
        }))
    }

    /// Whether new keys are wrapped. With age recipients alone they are in plain, because the controller could not open them.
    pub(crate) fn wraps(&self) -> bool {
        self.wrap_with.iter().any(|provider| provider.uri.is_service())
    }

    /// Whether a copy of each key, which stays in plain, is wrapped for age recipients.
    pub(crate) fn keeps_escrow_copies(&self) -> bool {
        !self.wrap_with.is_empty() && !self.wraps()
    }

    /// The recipients of these copies.
    pub(crate) fn escrow_recipients(&self) -> Vec<String> {
        if self.keeps_escrow_copies() { self.wrap_uris() } else { Vec::new() }
    }

    /// The providers that wrap new keys.
    pub(crate) fn wrap_uris(&self) -> Vec<String> {
        self.wrap_with.iter().map(|provider| provider.uri.to_string()).collect()
    }

    /// Whether any provider opens.
    pub(crate) fn unwraps(&self) -> bool {
        self.wraps() || !self.unwrap_with.is_empty()
    }
}

/// The values of a flag, each of which may hold several with spaces between them, as its variable does.
fn providers(flag: &'static str, values: &[String]) -> Result<Vec<ProviderSpec>, ConfigError> {
    let mut specs: Vec<ProviderSpec> = Vec::new();
    for (index, text) in values.iter().flat_map(|value| value.split_whitespace()).enumerate() {
        // Without the text, which may be an age identity by mistake.
        let failed = |source| ConfigError::Provider { flag, number: index + 1, source };
        let spec: ProviderSpec = text.parse().map_err(failed)?;
        if specs.iter().any(|known| known.uri == spec.uri) {
            return Err(ConfigError::ProviderTwice { flag, text: spec.uri.to_string() });
        }
        specs.push(spec);
    }
    Ok(specs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    const AGE: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";
    const KMS: &str = "kmsv2:unix:///run/kms.sock";
    const BAO: &str = "openbao+transit://bao/transit/k?role=r";

    fn read(arguments: &[&str], variable: Option<&str>) -> Result<Option<KeyWrapping>, ConfigError> {
        let arguments = ["controller"].iter().chain(arguments);
        let variable =
            |name: &str| variable.filter(|_| name == "SEALED_SECRETS_KEY_WRAP_WITH").map(Into::into);
        KeyWrapping::from_flags(&Cli::read(arguments, variable).unwrap().key_wrap)
    }

    #[test]
    fn providers_come_from_repeated_flags_or_from_the_variable() {
        let [kms, bao] = [KMS, BAO].map(|uri| format!("--key-wrap-with={uri}"));
        let by_flags = read(&[&kms, &bao, "--cluster-name=prod"], None).unwrap().unwrap();
        let uris: Vec<_> = by_flags.wrap_with.iter().map(|provider| provider.uri.to_string()).collect();
        assert_eq!(uris, [KMS, "openbao+transit://bao/transit/k"]);
        assert!(
            by_flags.required && by_flags.wraps() && by_flags.unwraps() && !by_flags.keeps_escrow_copies()
        );
        let by_variable = read(&["--cluster-name=prod"], Some(&format!("{KMS} {BAO}"))).unwrap().unwrap();
        assert_eq!(by_variable, by_flags);
        assert_eq!(read(&[], None), Ok(None));
        assert_eq!(read(&["--cluster-name=prod"], None), Ok(None));
    }

    #[test]
    fn age_recipients_alone_keep_copies_and_keys_stay_in_plain() {
        let age = format!("--key-wrap-with={AGE}");
        let escrow = read(&[&age, "--cluster-name=prod"], None).unwrap().unwrap();
        assert!(escrow.keeps_escrow_copies() && !escrow.required && !escrow.wraps() && !escrow.unwraps());
        assert_eq!(
            read(&[&age, "--cluster-name=prod", "--key-wrap-required"], None),
            Err(ConfigError::NothingOpens)
        );
    }

    #[test]
    fn a_configuration_that_opens_nothing_or_is_not_whole_is_refused() {
        let [wrap, unwrap] = ["wrap", "unwrap"].map(|flag| format!("--key-{flag}-with={KMS}"));
        let name = "--cluster-name=prod";
        let age = format!("--key-unwrap-with={AGE}");
        let cases: [(&[&str], ConfigError); 9] = [
            (&["--key-wrap-required"], ConfigError::NoProvider),
            (&["--key-unwrap-all"], ConfigError::NoProvider),
            (&[&unwrap, name, "--key-wrap-required"], ConfigError::NothingOpens),
            (&[&age, name], ConfigError::AgeOpensNothing),
            (&[&wrap, name, "--key-unwrap-all"], ConfigError::UnwrapAll),
            (&[&wrap, &unwrap, name, "--key-unwrap-all"], ConfigError::UnwrapAll),
            (&[&wrap], ConfigError::ClusterName(key_wrapping::ClusterNameError)),
            (&[&wrap, "--cluster-name=Prod EU"], ConfigError::ClusterName(key_wrapping::ClusterNameError)),
            (&[&wrap, &wrap, name], ConfigError::ProviderTwice { flag: "key-wrap-with", text: KMS.into() }),
        ];
        for (arguments, expected) in cases {
            assert_eq!(read(arguments, None), Err(expected), "{arguments:?}");
        }
        let identity = "--key-wrap-with=AGE-SECRET-KEY-1";
        let error = read(&[&wrap, identity, name], None).unwrap_err().to_string();
        assert!(error.starts_with("--key-wrap-with: provider 2: write kmsv2:unix:///PATH"), "{error}");
        assert!(!error.contains("SECRET"), "{error}");
    }
}
