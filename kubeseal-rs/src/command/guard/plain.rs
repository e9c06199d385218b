//! `is_plain`: whether a value is one, and not something that stands for a value.

/// Templates are filled in, placeholders replaced, and what SOPS encrypted decrypted, later and elsewhere.
pub(super) fn is_plain(value: &str) -> bool {
    let value = value.trim();
    let is_placeholder = value.starts_with("${") && value.ends_with('}');
    !(value.is_empty() || value.contains("{{") || is_placeholder || value.starts_with("ENC["))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_what_stands_for_them() {
        for plain in ["hunter2", "aHVudGVyMg==", "$2y$10$abc", "a ${b} c", "{", "ENC"] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in ["", " \n", "{{ .Values.password }}", "a{{b}}c", "${PASSWORD}", "ENC[AES256_GCM,data:x]"]
        {
            assert!(!is_plain(other), "{other}");
        }
    }
}
