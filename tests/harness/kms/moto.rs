//! moto, which serves the APIs of AWS KMS, IAM and STS (`tests/programs/moto`).
//!
//! Real: AES-GCM with the encryption context as additional data; and after [`check_access`](Moto::check_access) the signature of each
//! request, and the actions and resources that the policies of its user or role allow. Not as in production: plain HTTP; all is in memory,
//! so that after a restart there are no keys and no users ([`local_kms`](crate::kms::local_kms) keeps its keys); no policies of keys, no
//! grants; a policy with a `Condition` allows nothing; and of a token for `AssumeRoleWithWebIdentity` only the audience is checked.

use std::ops::Deref;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use reqwest::Url;
use serde_json::{Value, json};

use crate::kms::aws_server::{AwsServer, REGION, no_signature};
use crate::kms::json_response::JsonResponse;
use crate::process::lifeline;
use crate::programs::own::python::Python;

/// The one account.
const ACCOUNT: &str = "123456789012";

/// A running moto, and an [`AwsServer`]. Its keys, users and roles are lost when it ends. What makes something comes before access is checked.
#[derive(Debug)]
pub struct Moto {
    aws: AwsServer,
    python: Arc<Python>,
}

/// The credentials of a user.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// `AWS_ACCESS_KEY_ID`.
    pub id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret: String,
}

impl Moto {
    /// Starts it, without keys and users. [`Unrun`](crate::failure::Unrun) where there is no Python that installs it.
    pub async fn start_new() -> Result<Self> {
        let python = tokio::task::spawn_blocking(|| Python::ready("moto")).await.context("panicked")??;
        let (interpreter, program) = (python.interpreter().to_owned(), python.program("server.py"));
        let aws = AwsServer::start_new("moto", move |port, home| {
            let mut command = lifeline::command(&interpreter);
            command.arg("-B").arg(&program).args(["--host", "127.0.0.1", "--port", &port.to_string()]);
            command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).env("HOME", home);
            command
        });
        Ok(Self { aws: aws.await?, python: Arc::new(python) })
    }

    /// Makes a user with this policy.
    pub async fn create_user(&self, name: &str, policy: &Value) -> Result<AccessKey> {
        self.iam(&[("Action", "CreateUser"), ("UserName", name)]).await?;
        let policy = policy.to_string();
        let put = [("Action", "PutUserPolicy"), ("UserName", name), ("PolicyName", "policy")];
        self.iam(&[put.as_slice(), &[("PolicyDocument", &policy)]].concat()).await?;
        let made = self.iam(&[("Action", "CreateAccessKey"), ("UserName", name)]).await?;
        Ok(AccessKey { id: element(&made, "AccessKeyId")?, secret: element(&made, "SecretAccessKey")? })
    }

    /// Makes a role with this policy, which any token for STS may assume; returns its ARN.
    pub async fn create_role(&self, name: &str, policy: &Value) -> Result<String> {
        let trust = json!({ "Version": "2012-10-17", "Statement": [] }).to_string();
        let create = [("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", &trust)];
        self.iam(&create).await?;
        let policy = policy.to_string();
        let put = [("Action", "PutRolePolicy"), ("RoleName", name), ("PolicyName", "policy")];
        self.iam(&[put.as_slice(), &[("PolicyDocument", &policy)]].concat()).await?;
        Ok(format!("arn:aws:iam::{ACCOUNT}:role/{name}"))
    }

    /// Checks the signature and the rights of each request from now on.
    pub async fn check_access(&self) -> Result<()> {
        // The number of requests that are not checked.
        let request = self.http().post(format!("{}/moto-api/reset-auth", self.url()));
        let request = request.header("Content-Type", "text/plain").body("0");
        JsonResponse::to(request).await?.success()?;
        Ok(())
    }

    /// Calls an operation of KMS, such as `encrypt`, with AWS' own client; returns the response, or the name of the error as `error`.
    pub async fn call_signed(&self, key: &AccessKey, operation: &str, parameters: &Value) -> Result<Value> {
        let (python, url, operation) = (Arc::clone(&self.python), self.url(), operation.to_owned());
        let AccessKey { id, secret } = key;
        let request = json!({ "access_key_id": id, "secret_access_key": secret, "parameters": parameters });
        let call = move || python.run("call.py", &[&url, REGION, &operation], request.to_string().as_bytes());
        let printed = tokio::task::spawn_blocking(call).await.context("panicked")??;
        serde_json::from_str(&printed).context("call.py printed no JSON")
    }

    /// Calls an operation of IAM; returns the response, which is XML.
    async fn iam(&self, parameters: &[(&str, &str)]) -> Result<String> {
        let version = [("Version", "2010-05-08")];
        let form = Url::parse_with_params("http://iam", [&version, parameters].concat())?;
        let request = self.http().post(self.url());
        let request = request
            .header("Authorization", no_signature("iam"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap_or_default().to_owned());
        let response = request.send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("moto's IAM: {status}: {text}");
        }
        Ok(text)
    }
}

impl Deref for Moto {
    type Target = AwsServer;

    fn deref(&self) -> &AwsServer {
        &self.aws
    }
}

/// The text of the first element `name`, which has no attributes.
fn element(xml: &str, name: &str) -> Result<String> {
    let text = xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once("</"));
    text.map(|(text, _)| text.to_owned()).with_context(|| format!("no {name} in {xml}"))
}
