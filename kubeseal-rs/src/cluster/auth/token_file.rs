//! `authenticate`: reads a kubeconfig's token file, once for each client, as client-go does: spaces and line ends around the token are removed,
//! and a file that holds a token comes before a token in the kubeconfig.
//!
//! Decided: read here, because kube takes the token first, and sends the line end of the file with its own.

use kube::config::AuthInfo;

/// Replaces the file by its token. False if there is no file. A file that cannot be read stays if there is no other token, so that kube reports
/// the error.
pub(crate) fn authenticate(user: &mut AuthInfo) -> bool {
    let Some(path) = &user.token_file else { return false };
    let token = std::fs::read_to_string(path);
    match token.as_ref().map(|token| token.trim()) {
        Ok(token) if !token.is_empty() => user.token = Some(token.to_owned().into()),
        _ if user.token.is_none() => return false,
        _ => {}
    }
    user.token_file = None;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(file: Option<&str>, token: Option<&str>) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        if let Some(text) = file {
            std::fs::write(&path, text).unwrap();
        }
        let mut user = AuthInfo {
            token: token.map(|token| token.to_owned().into()),
            token_file: Some(path.display().to_string()),
            ..AuthInfo::default()
        };
        authenticate(&mut user);
        serde_json::to_value(&user).unwrap()["token"].as_str().map(str::to_owned)
    }

    #[test]
    fn the_file_comes_first_without_what_is_around_its_token() {
        assert_eq!(token(Some(" a\r\n"), None).as_deref(), Some("a"));
        assert_eq!(token(Some("a\n"), Some("b")).as_deref(), Some("a"));
        assert_eq!(token(Some("\n"), Some("b")).as_deref(), Some("b"));
        assert_eq!(token(None, Some("b")).as_deref(), Some("b"));
        assert_eq!(token(None, None), None);
    }
}
