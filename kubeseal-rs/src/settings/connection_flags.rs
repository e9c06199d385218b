//! [`ConnectionFlags`]: the flags that choose a cluster and say how to log in to it, under kubectl's names. `cluster`
//! resolves them.

use crate::settings::flag_value;
use crate::settings::sensitive::Sensitive;
use clap::{Arg, Args};
use std::path::{Path, PathBuf};

/// Shared by every command that may connect to a cluster.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Cluster", mut_args = in_long_help)]
pub(crate) struct ConnectionFlags {
    /// Kubeconfig to use (default: $KUBECONFIG, else ~/.kube/config).
    #[arg(long, env = "SEALED_SECRETS_KUBECONFIG", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub kubeconfig: Option<PathBuf>,

    /// Context of the kubeconfig (default: the current one).
    #[arg(long, env = "SEALED_SECRETS_CONTEXT", hide_env = true, value_name = "CONTEXT")]
    pub context: Option<String>,

    /// Cluster of the kubeconfig (default: the context's).
    #[arg(long, env = "SEALED_SECRETS_CLUSTER", hide_env = true, value_name = "CLUSTER")]
    pub cluster: Option<String>,

    /// User of the kubeconfig (default: the context's).
    #[arg(long, env = "SEALED_SECRETS_USER", hide_env = true, value_name = "USER")]
    pub user: Option<String>,

    /// Address of the API server.
    #[arg(long, env = "SEALED_SECRETS_SERVER", hide_env = true, value_name = "URL")]
    pub server: Option<String>,

    /// Bearer token to log in with.
    #[arg(long, env = "SEALED_SECRETS_TOKEN", hide_env = true, value_name = "TOKEN")]
    pub token: Option<Sensitive>,

    /// User to act as.
    #[arg(long = "as", env = "SEALED_SECRETS_AS", hide_env = true, value_name = "USER")]
    pub as_user: Option<String>,

    /// Group to act as; may be repeated.
    #[arg(long, env = "SEALED_SECRETS_AS_GROUP", hide_env = true, value_name = "GROUP")]
    pub as_group: Vec<String>,

    /// UID to act as.
    #[arg(long, env = "SEALED_SECRETS_AS_UID", hide_env = true, value_name = "UID")]
    pub as_uid: Option<String>,

    /// Certificate of the authority that signed the API server's.
    #[arg(long, env = "SEALED_SECRETS_CERTIFICATE_AUTHORITY", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub certificate_authority: Option<PathBuf>,

    /// Certificate to log in with.
    #[arg(long, env = "SEALED_SECRETS_CLIENT_CERTIFICATE", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub client_certificate: Option<PathBuf>,

    /// Private key of --client-certificate.
    #[arg(long, env = "SEALED_SECRETS_CLIENT_KEY", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub client_key: Option<PathBuf>,

    /// Do not verify the API server's certificate: any server that answers is trusted.
    #[arg(long, env = "SEALED_SECRETS_INSECURE_SKIP_TLS_VERIFY", hide_env = true)]
    pub insecure_skip_tls_verify: Option<bool>,

    /// Name that the API server's certificate must have (default: that of its address).
    #[arg(long, env = "SEALED_SECRETS_TLS_SERVER_NAME", hide_env = true, value_name = "NAME")]
    pub tls_server_name: Option<String>,

    /// Proxy for requests to the API server.
    #[arg(long, env = "SEALED_SECRETS_PROXY_URL", hide_env = true, value_name = "URL")]
    pub proxy_url: Option<String>,

    // Any text, because upstream's flag parser accepts any text: the error of its program has another exit code.
    /// How long to wait for a response, as in 30s or 2m; 0 is for ever.
    #[arg(long, env = "SEALED_SECRETS_REQUEST_TIMEOUT", hide_env = true, value_name = "DURATION")]
    pub request_timeout: Option<String>,

    /// User name to log in with.
    #[arg(long, env = "SEALED_SECRETS_USERNAME", hide_env = true, value_name = "NAME")]
    pub username: Option<String>,

    /// Password to log in with.
    #[arg(long, env = "SEALED_SECRETS_PASSWORD", hide_env = true, value_name = "PASSWORD")]
    pub password: Option<Sensitive>,

    /// Do not request compressed responses.
    #[arg(long, env = "SEALED_SECRETS_DISABLE_COMPRESSION", hide_env = true)]
    pub disable_compression: Option<bool>,
}

impl ConnectionFlags {
    /// The flags that choose the cluster and the user, as words of a command. kubectl has the same. Passwords and tokens are left out.
    pub(crate) fn words(&self) -> Vec<String> {
        self.words_but(&[])
    }

    /// Those that choose the cluster: for another user.
    pub(crate) fn words_for_others(&self) -> Vec<String> {
        self.words_but(&["--user", "--as", "--as-uid", "--as-group", "--client-certificate", "--client-key"])
    }

    fn words_but(&self, left_out: &[&str]) -> Vec<String> {
        let path = |value: &Option<PathBuf>| value.as_ref().map(|path| path.display().to_string());
        let flags = [
            ("--kubeconfig", path(&self.kubeconfig)),
            ("--context", self.context.clone()),
            ("--cluster", self.cluster.clone()),
            ("--user", self.user.clone()),
            ("--server", self.server.clone()),
            ("--as", self.as_user.clone()),
            ("--as-uid", self.as_uid.clone()),
            ("--certificate-authority", path(&self.certificate_authority)),
            ("--client-certificate", path(&self.client_certificate)),
            ("--client-key", path(&self.client_key)),
            ("--tls-server-name", self.tls_server_name.clone()),
        ];
        let groups = self.as_group.iter().map(|group| ("--as-group", Some(group.clone())));
        let given = flags.into_iter().chain(groups).filter_map(|(flag, value)| Some((flag, value?)));
        let given = given.filter(|(flag, value)| !value.is_empty() && !left_out.contains(flag));
        let mut words: Vec<String> = given.flat_map(|(flag, value)| [flag.to_owned(), value]).collect();
        if self.insecure_skip_tls_verify == Some(true) {
            words.push("--insecure-skip-tls-verify".into());
        }
        words
    }
}

/// Of the flags that name a cluster, `-h` shows only these.
const IN_SHORT_HELP: [&str; 6] =
    ["kubeconfig", "context", "for_cluster", "controller_name", "controller_namespace", "key_prefix"];

fn in_long_help(flag: Arg) -> Arg {
    let is_hidden =
        flag.get_help_heading() == Some("Cluster") && !IN_SHORT_HELP.contains(&flag.get_id().as_str());
    if is_hidden { flag.hide_short_help(true) } else { flag }
}

/// The value of a flag, unless it is empty, which counts as not given.
pub(crate) fn given(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|value| !value.is_empty())
}

/// The path of a flag, unless it is empty, which counts as not given.
pub(crate) fn given_path(value: Option<&PathBuf>) -> Option<&Path> {
    value.map(PathBuf::as_path).filter(|value| !value.as_os_str().is_empty())
}
