//! `authenticate`: reads a kubeconfig's token file, once for each client, as client-go does: what is around the token is not part of it,
//! and the file comes before a token that stands in the kubeconfig, as long as it can be read and holds one.
//!
//! Decided: read here, because kube takes the token first, and sends the line end of the file with its own.

use kube::config::AuthInfo;
use zeroize::Zeroizing;

/// Puts the file's token in the file's place. Tells whether that is so. A file that is all there is and cannot be read stays,
/// for kube to say why.
pub(crate) fn authenticate(user: &mut AuthInfo) -> bool {
    let Some(path) = &user.token_file else { return false };
    let token = std::fs::read_to_string(path).map(Zeroizing::new);
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
