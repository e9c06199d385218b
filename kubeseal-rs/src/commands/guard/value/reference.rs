//! `is_reference`: whether a whole value names where the real value is stored, in the notation of a program that
//! inserts it later.

/// References of argocd-vault-plugin, vals, bank-vaults and 1Password.
pub(crate) fn is_reference(value: &str) -> bool {
    let value = value.trim();
    is_vault_path(value) || is_vals(value) || is_other(value)
}

/// `<key>` and `<key | modifier>`, as argocd-vault-plugin reads them where an annotation names the path.
pub(crate) fn is_vault_key(value: &str) -> bool {
    let inner = value.trim().strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let key = inner.map(|inner| inner.split('|').next().unwrap_or_default().trim());
    key.is_some_and(|key| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    })
}

/// `<path:secret/data/db#password>`, with a version and modifiers or without.
fn is_vault_path(value: &str) -> bool {
    let inner = value.strip_prefix("<path:").and_then(|rest| rest.strip_suffix('>'));
    inner.is_some_and(|inner| inner.contains('#') && !inner.contains(['<', '>', '\n']))
}

/// `ref+vault://secret/db#/password`; but `ref+echo://` contains the value itself.
fn is_vals(value: &str) -> bool {
    let rest = value.strip_prefix("secretref+").or_else(|| value.strip_prefix("ref+"));
    let Some((backend, path)) = rest.and_then(|rest| rest.split_once("://")) else { return false };
    let is_backend = !backend.is_empty() && backend.chars().all(|c| c.is_ascii_alphanumeric());
    is_backend && backend != "echo" && is_one_word(path)
}

/// `vault:secret/data/db#password` and `op://vault/item/field`.
fn is_other(value: &str) -> bool {
    let bank_vaults = value.strip_prefix(">>").unwrap_or(value).strip_prefix("vault:");
    bank_vaults.is_some_and(|path| path.contains('/') && path.contains('#') && is_one_word(path))
        || value
            .strip_prefix("op://")
            .is_some_and(|path| path.matches('/').count() >= 2 && !path.contains('\n'))
}

fn is_one_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_values_are_distinguished() {
        for reference in [
            "<path:secret/data/db#password>",
            " <path:secret/data/db#password#2 | base64encode>\n",
            "ref+vault://secret/db#/password",
            "ref+awssecrets://db?region=x#/a/b",
            "secretref+gcpsecrets://p/s",
            "vault:secret/data/db#password",
            ">>vault:database/creds/a#password",
            "op://vault/my item/password",
        ] {
            assert!(is_reference(reference), "{reference}");
        }
        for value in [
            "",
            "hunter2",
            "<hunter2>",
            "<path:hunter2>",
            "x <path:a#b>",
            "<path:a#b> <hunter2>",
            "ref+echo://hunter2",
            "ref+vault://a hunter2",
            "vault:hunter2",
            "op://hunter2",
        ] {
            assert!(!is_reference(value), "{value}");
        }
        assert!(
            is_vault_key("<password | base64encode>") && !is_vault_key("<a b>") && !is_vault_key("hunter2")
        );
    }
}
