//! [`BackupRecipient`]: a public key that a backup is encrypted to: of age, or of SSH as `authorized_keys` and GitHub list it.

use age::ssh::ParseRecipientKeyError;
use age::{Recipient, ssh, tag, tagpq, x25519};

/// A recipient, and its text.
pub(crate) struct BackupRecipient {
    pub recipient: Box<dyn Recipient>,
    /// As it is written on a command line: an SSH key without options and comment.
    pub text: String,
}

/// Why a text is no recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoRecipient {
    /// It is something else.
    Other,
    /// A key of this type, which nothing can be encrypted to.
    Type(String),
    /// An RSA key of a size that is not taken.
    Size,
}

impl BackupRecipient {
    /// Reads a public key, or a line of `authorized_keys`: options, type, key and comment.
    pub(crate) fn read(text: &str) -> Result<Self, NoRecipient> {
        if let Some(recipient) = of_age(text) {
            return Ok(Self { recipient, text: text.to_owned() });
        }
        let (kind, key) = ssh_key(text).ok_or(NoRecipient::Other)?;
        match format!("{kind} {key}").parse::<ssh::Recipient>() {
            Ok(recipient) => Ok(Self { text: recipient.to_string(), recipient: Box::new(recipient) }),
            Err(ParseRecipientKeyError::RsaModulusTooLarge | ParseRecipientKeyError::RsaModulusTooSmall) => {
                Err(NoRecipient::Size)
            }
            Err(_) if !is_encryptable(kind) => Err(NoRecipient::Type(kind.to_owned())),
            Err(_) => Err(NoRecipient::Other),
        }
    }
}

/// A recipient of age, or of a plugin.
fn of_age(text: &str) -> Option<Box<dyn Recipient>> {
    if let Ok(key) = text.parse::<x25519::Recipient>() {
        return Some(Box::new(key));
    }
    if let Ok(key) = text.parse::<tag::Recipient>() {
        return Some(Box::new(key));
    }
    text.parse::<tagpq::Recipient>().ok().map(|key| Box::new(key) as Box<dyn Recipient>)
}

/// Type and key of a line. Options before them may have spaces in quotes.
fn ssh_key(line: &str) -> Option<(&str, &str)> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let mut words = line.split(|c: char| {
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        c.is_ascii_whitespace() && !is_quoted
    });
    let kind = words.by_ref().filter(|word| !word.is_empty()).take(2).find(|word| is_type(word))?;
    Some((kind, words.find(|word| !word.is_empty())?))
}

fn is_type(word: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-"].iter().any(|start| word.starts_with(start))
}

fn is_encryptable(kind: &str) -> bool {
    matches!(kind, "ssh-rsa" | "ssh-ed25519")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";

    #[test]
    fn lines_of_authorized_keys_are_read() {
        for line in [
            ED25519.to_owned(),
            format!("{ED25519} alice@host, her laptop"),
            format!("command=\"echo \\\"ssh-rsa x\\\" y\",no-pty   {ED25519} alice"),
        ] {
            let read = BackupRecipient::read(&line).map_err(|error| format!("{error:?}"));
            assert_eq!(read.map(|it| it.text).as_deref(), Ok(ED25519), "{line}");
        }
        let age = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45";
        assert_eq!(BackupRecipient::read(age).map(|it| it.text).ok().as_deref(), Some(age));
    }

    #[test]
    fn other_keys_are_told_apart() {
        let why = |text: &str| BackupRecipient::read(text).map(|it| it.text).unwrap_err();
        let ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBL alice";
        assert_eq!(why(ecdsa), NoRecipient::Type("ecdsa-sha2-nistp256".into()));
        assert_eq!(
            why("sk-ssh-ed25519@openssh.com AAAA"),
            NoRecipient::Type("sk-ssh-ed25519@openssh.com".into())
        );
        for other in ["", "age1", "ssh-ed25519", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1X", "alice ssh ed25519"]
        {
            assert_eq!(why(other), NoRecipient::Other, "{other}");
        }
    }
}
