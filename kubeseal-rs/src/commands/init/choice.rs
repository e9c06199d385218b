//! [`Chosen`]: which contexts become clusters, and under which names.

use crate::cluster::error::ConnectionError;
use crate::cluster::kubeconfig;
use crate::cluster::session::error::SessionError;
use crate::commands::init::error::InitError;
use crate::error::CommandError;
use crate::project::cluster_name::ClusterName;
use crate::terminal::confirm::answered;
use crate::terminal::escape::shown;
use crate::terminal::warnings::say;
use kube::config::Kubeconfig;
use std::path::Path;
use std::sync::Arc;

/// The answer for a context that becomes no cluster.
const NONE: &str = "-";

/// The longest name that is suggested.
const LONGEST: usize = 40;

/// What the project file will name.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// A name, and a context of the kubeconfig.
    pub clusters: Vec<(ClusterName, String)>,
    pub recipients: Vec<(ClusterName, age::x25519::Recipient)>,
}

impl Chosen {
    /// From the values of `--cluster` and `--recipient`; without any, from questions at the terminal about the contexts of the kubeconfig.
    pub(crate) fn choose(
        clusters: &[String],
        recipients: &[String],
        kubeconfig: Option<&Path>,
    ) -> Result<Self, CommandError> {
        let mut chosen = Self::default();
        for text in clusters {
            let pair = text.split_once('=').filter(|(_, context)| !context.is_empty());
            let (name, context) = pair.ok_or_else(|| InitError::Cluster(text.clone()))?;
            let name = chosen.new_name(name)?;
            chosen.clusters.push((name, context.to_owned()));
        }
        for text in recipients {
            let (name, key) = text.split_once('=').ok_or(InitError::Recipient)?;
            let key = key.parse().map_err(|_| InitError::Recipient)?;
            let name = chosen.new_name(name)?;
            chosen.recipients.push((name, key));
        }
        if clusters.is_empty() {
            chosen.question(kubeconfig)?;
        }
        if chosen.clusters.is_empty() { Err(InitError::NoCluster.into()) } else { Ok(chosen) }
    }

    fn new_name(&self, name: &str) -> Result<ClusterName, InitError> {
        let parsed = name.parse::<ClusterName>();
        let parsed = parsed.map_err(|source| InitError::Name { name: name.to_owned(), source })?;
        let known = self.clusters.iter().map(|it| &it.0).chain(self.recipients.iter().map(|it| &it.0));
        if known.into_iter().any(|known| *known == parsed) {
            Err(InitError::Twice(parsed))
        } else {
            Ok(parsed)
        }
    }

    /// Asks at the terminal, if there is one.
    fn question(&mut self, file: Option<&Path>) -> Result<(), CommandError> {
        let kubeconfig = match kubeconfig::read(file) {
            Ok(Some(kubeconfig)) => Ok(kubeconfig),
            Ok(None) => Err(ConnectionError::NoConfiguration(kubeconfig::files(file))),
            Err(error) => Err(error.into()),
        };
        let kubeconfig = kubeconfig.map_err(|error| SessionError::Connection(Arc::new(error)))?;
        if kubeconfig.contexts.is_empty() {
            return Err(InitError::NoContext.into());
        }
        for context in &kubeconfig.contexts {
            let name = suggestion(&context.name);
            let server = server(&kubeconfig, &context.name).map(|server| format!(" ({})", shown(server)));
            let question = format!(
                "context {}{}: name of the cluster [{name}, {NONE} for none]: ",
                shown(&context.name),
                server.unwrap_or_default()
            );
            loop {
                let Some(typed) = answered(&question) else { return Ok(()) };
                if typed == NONE {
                    break;
                }
                match self.new_name(if typed.is_empty() { &name } else { &typed }) {
                    Ok(name) => {
                        self.clusters.push((name, context.name.clone()));
                        break;
                    }
                    Err(error) => say(format_args!("{error}; once more\n")),
                }
            }
        }
        if self.clusters.is_empty() || !self.recipients.is_empty() {
            return Ok(());
        }
        let question = "a public key of age that opens the values on the day when all clusters are lost [age1…, empty for none]: ";
        loop {
            match answered(question) {
                None => return Ok(()),
                Some(key) if key.is_empty() || key == NONE => return Ok(()),
                Some(key) => match key.parse() {
                    Ok(key) => {
                        self.recipients.push((self.new_name("dr")?, key));
                        return Ok(());
                    }
                    Err(_) => say("this is not a public key of age; once more\n"),
                },
            }
        }
    }
}

/// A name for the cluster of a context: of `arn:aws:eks:eu-west-1:1234:cluster/prod`, `prod`.
fn suggestion(context: &str) -> String {
    let last = context.rsplit('/').next().unwrap_or_default();
    let name: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name: String = name.trim_matches('-').chars().take(LONGEST).collect();
    if name.is_empty() { "cluster".into() } else { name }
}

fn server<'a>(kubeconfig: &'a Kubeconfig, context: &str) -> Option<&'a str> {
    let context = kubeconfig.contexts.iter().find(|named| named.name == context)?.context.as_ref()?;
    let cluster = kubeconfig.clusters.iter().find(|named| named.name == context.cluster)?;
    cluster.cluster.as_ref()?.server.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_suggests_a_name() {
        for (context, name) in [
            ("prod-eu", "prod-eu"),
            ("admin@Prod_EU", "admin-prod-eu"),
            ("arn:aws:eks:eu-west-1:1234:cluster/prod", "prod"),
            ("///", "cluster"),
            ("\u{e9}", "cluster"),
        ] {
            assert_eq!(suggestion(context), name);
            assert!(suggestion(context).parse::<ClusterName>().is_ok());
        }
    }

    #[test]
    fn flags_name_clusters_and_safes() {
        let age = age::x25519::Identity::generate().to_public().to_string();
        let choose = |clusters: &[&str], recipients: &[String]| {
            let clusters: Vec<String> = clusters.iter().map(|text| (*text).to_owned()).collect();
            Chosen::choose(&clusters, recipients, Some(Path::new("/nonexistent")))
        };
        let chosen = choose(&["a=x=y", "b=z"], &[format!("dr={age}")]).unwrap();
        let clusters: Vec<_> =
            chosen.clusters.iter().map(|(name, context)| (name.as_str(), context.as_str())).collect();
        assert_eq!(clusters, [("a", "x=y"), ("b", "z")]);
        assert_eq!(chosen.recipients[0].1.to_string(), age);
        for (clusters, recipients, expected) in [
            (vec!["a"], vec![], "--cluster \"a\" is not NAME=CONTEXT"),
            (vec!["a="], vec![], "--cluster \"a=\" is not NAME=CONTEXT"),
            (vec!["A=x"], vec![], "\"A\" cannot be the name of a cluster"),
            (vec!["a=x", "a=y"], vec![], "two clusters are called \"a\""),
            (vec!["a=x"], vec![format!("a={age}")], "two clusters are called \"a\""),
            (vec!["a=x"], vec!["dr=AGE-SECRET-KEY-1QQ".into()], "--recipient is not NAME=age1…"),
        ] {
            assert_eq!(choose(&clusters, &recipients).unwrap_err().to_string(), expected);
        }
    }
}
