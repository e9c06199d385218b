//! [`WebIdentity`]: credentials of a role for the ServiceAccount's token, as IRSA gives them (`AssumeRoleWithWebIdentity`).

use crate::https::client::HttpsClient;
use crate::https::endpoint::Endpoint;
use crate::https::request::Request;
use crate::https::response::Response;
use crate::provider::environment::ProviderEnvironment;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::spec::ProviderSpecError;
use crate::provider::token_file;
use crate::providers::aws_kms::credentials::{Credentials, lifetime};
use http::StatusCode;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// A role, and the token that stands for the ServiceAccount.
#[derive(Debug)]
pub(crate) struct WebIdentity {
    sts: Endpoint,
    role_arn: String,
    session_name: String,
    /// The kubelet writes it anew before it ends.
    token_file: PathBuf,
}

impl WebIdentity {
    /// None without the variables that EKS sets in the Pod.
    pub(crate) fn new(
        sts: impl FnOnce() -> Result<Endpoint, ProviderSpecError>,
        environment: &ProviderEnvironment,
    ) -> Result<Option<Self>, ProviderSpecError> {
        let variable = |name| environment.variable(name);
        let (Some(token_file), Some(role_arn)) =
            (variable("AWS_WEB_IDENTITY_TOKEN_FILE"), variable("AWS_ROLE_ARN"))
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            sts: sts()?,
            role_arn: role_arn.into(),
            session_name: variable("AWS_ROLE_SESSION_NAME").unwrap_or("sealed-secrets").into(),
            token_file: token_file.into(),
        }))
    }

    /// New credentials, and their lifetime.
    pub(crate) async fn obtain(
        &self,
        client: &HttpsClient,
    ) -> Result<(Credentials, Option<Duration>), ProviderError> {
        let step = || format!("{} gave no credentials of {}", self.sts, self.role_arn);
        self.assume_role(client).await.map_err(|error| error.in_step(step()))
    }

    async fn assume_role(
        &self,
        client: &HttpsClient,
    ) -> Result<(Credentials, Option<Duration>), ProviderError> {
        let token = token_file::read(&self.token_file)?;
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", &self.role_arn),
            ("RoleSessionName", &self.session_name),
            ("WebIdentityToken", &token),
        ];
        let request = Request::post_form("/", &fields).keeping_secret(&token);
        let response = client.send(&self.sts, &request).await?;
        if response.status != StatusCode::OK {
            return Err(failure(&response));
        }
        let garbage =
            "its answer cannot be used: it has no credentials, or no date until when they are valid";
        credentials(response.text()?).ok_or_else(|| ProviderError::new(ProviderErrorKind::Garbage, garbage))
    }
}

fn credentials(xml: &str) -> Option<(Credentials, Option<Duration>)> {
    let secret = |name| element(xml, name).map(|text| Zeroizing::new(text.to_owned()));
    let credentials = Credentials {
        access_key_id: element(xml, "AccessKeyId")?.to_owned(),
        secret_access_key: secret("SecretAccessKey")?,
        session_token: Some(secret("SessionToken")?),
    };
    Some((credentials, Some(lifetime(element(xml, "Expiration")?)?)))
}

/// The error of an answer that is no success. STS says also 400 to what may succeed later.
fn failure(response: &Response) -> ProviderError {
    let xml = response.text().unwrap_or_default();
    let code = element(xml, "Code").unwrap_or_default();
    let words = response.words(element(xml, "Message").unwrap_or_default());
    let status = response.status.as_u16();
    let message = format!("{status} {}: {words}", response.words(code));
    ProviderError::new(kind(status, code), message)
}

fn kind(status: u16, code: &str) -> ProviderErrorKind {
    match (status, code) {
        (429 | 500..=599, _) | (_, "Throttling" | "ThrottlingException" | "IDPCommunicationError") => {
            ProviderErrorKind::Unavailable
        }
        (400..=499, _) => ProviderErrorKind::Denied,
        _ => ProviderErrorKind::Garbage,
    }
}

/// The text of the first element of this name, which has neither attributes nor elements in it.
///
/// Decided: no parser of XML, because nothing else here needs one, and the credentials are letters, digits and the signs of base64.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, end) = rest.split_once('<')?;
    (end.strip_prefix('/')?.starts_with(name) && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_in_full_or_not_at_all() {
        let xml = "<AssumeRoleWithWebIdentityResponse xmlns=\"x\"><Credentials><SessionToken>a/b+c=</SessionToken>\
                   <SecretAccessKey>s</SecretAccessKey><Expiration>2999-01-01T00:00:00Z</Expiration>\
                   <AccessKeyId>ASIA1</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResponse>";
        let (read, lifetime) = credentials(xml).unwrap();
        assert_eq!((read.access_key_id.as_str(), read.secret_access_key.as_str()), ("ASIA1", "s"));
        assert_eq!(read.session_token.unwrap().as_str(), "a/b+c=");
        assert!(lifetime.unwrap() > Duration::from_hours(1));
        for (from, to) in [
            ("<SessionToken>", "<T>"),
            ("2999", "x"),
            ("ASIA1", ""),
            ("<SecretAccessKey>s", "<SecretAccessKey><s>"),
        ] {
            assert!(credentials(&xml.replace(from, to)).is_none(), "{from}");
        }
        assert_eq!(credentials(&xml.replace("2999", "1999")).unwrap().1, Some(Duration::ZERO));
    }

    #[test]
    fn what_an_answer_of_sts_means_for_a_next_try() {
        use ProviderErrorKind::{Denied, Garbage, Unavailable};
        let cases = [
            (400, "InvalidIdentityToken", Denied),
            (400, "ExpiredTokenException", Denied),
            (400, "IDPCommunicationError", Unavailable),
            (400, "Throttling", Unavailable),
            (403, "AccessDenied", Denied),
            (503, "", Unavailable),
            (302, "", Garbage),
        ];
        for (status, code, expected) in cases {
            assert_eq!(kind(status, code), expected, "{status} {code}");
        }
    }
}
