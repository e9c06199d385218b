//! [`differences`]: what the recipients of a SealedSecret lack, or have too much. Pure.

use crate::commands::common::seal_for::recipient_keys::short;
use crate::commands::recipients::current::{CurrentRecipient, CurrentRecipients};
use crate::project::cluster_name::ClusterName;
use crate::project::recipient::{Recipient, RecipientKey};

/// A clause for each difference; none if the recipients are what is wanted.
pub(crate) fn differences(current: &CurrentRecipients, wanted: &[Recipient]) -> Vec<String> {
    let mut found = Vec::new();
    for Recipient { name, key } in wanted {
        let id = key.id().to_string();
        if current.all.iter().any(|recipient| recipient.key == id) {
            continue;
        }
        let older = current.all.iter().find(|recipient| recipient.cluster.as_ref() == Some(name));
        found.push(match older {
            Some(old) => format!("sealed to an older key of {name}, {}", short(&old.key)),
            None => format!("not sealed for {name}"),
        });
    }
    let names: Vec<ClusterName> = wanted.iter().map(|wanted| wanted.name.clone()).collect();
    // Beside the entry for the newest key of the cluster.
    let is_older = |recipient: &CurrentRecipient, name: &ClusterName| {
        let id = wanted.iter().find(|wanted| wanted.name == *name).map(|wanted| wanted.key.id().to_string());
        id.is_some_and(|id| recipient.key != id && current.all.iter().any(|other| other.key == id))
    };
    for recipient in &current.all {
        match &recipient.cluster {
            None => {
                found.push(format!("sealed for {}, which is trusted for no cluster", short(&recipient.key)));
            }
            Some(name) if recipient.is_surplus(&names) => {
                found.push(format!("sealed for {name} too"));
            }
            Some(name) if is_older(recipient, name) => {
                found.push(format!("sealed for an older key of {name} too, {}", short(&recipient.key)));
            }
            Some(_) => {}
        }
    }
    let first = wanted.iter().find(|wanted| matches!(wanted.key, RecipientKey::Certificate(_)));
    if let (Some(first), Some(now)) = (first, &current.first)
        && first.name != *now
        && wanted.iter().any(|wanted| wanted.name == *now)
    {
        found.push(format!("its values are sealed to {now}, and the first cluster is {}", first.name));
    }
    if current.all.is_empty() {
        found = vec!["it is not known what it is sealed for".to_owned()];
    } else if !current.is_even {
        found.push("not all items are sealed for all recipients".to_owned());
    }
    found
}
