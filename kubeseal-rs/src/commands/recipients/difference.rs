//! [`differences`]: what the recipients of a SealedSecret lack, or have too much. Pure.

use crate::commands::recipients::current::{CurrentRecipients, short};
use crate::project::recipient::Recipient;

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
    for recipient in &current.all {
        match &recipient.cluster {
            None => {
                found.push(format!("sealed for {}, which is trusted for no cluster", short(&recipient.key)));
            }
            Some(name) if !wanted.iter().any(|wanted| wanted.name == *name) => {
                found.push(format!("sealed for {name} too"));
            }
            Some(_) => {}
        }
    }
    if current.all.is_empty() {
        found = vec!["it is not known what it is sealed for".to_owned()];
    } else if !current.is_even {
        found.push("not all items are sealed for all recipients".to_owned());
    }
    found
}
