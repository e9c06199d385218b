//! The rate limit of `/v1/rotate`, under the chart's own permissions: strangers are limited, and clients with a token for the controller
//! pass. What passes is counted, and no time is measured.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, stream};
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Client;
use kube::api::{Api, PostParams};
use serde_json::json;
use tests::lab::Maker;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::process::cli::{Cli, CliOutput};
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::stage::Stage;

/// The audience of the tokens that the controller accepts.
const AUDIENCE: &str = "sealed-secrets-controller";

/// More than a stranger may send within the time that they take.
const MANY: usize = 60;

/// So often, a request may find no place among the strangers' requests, which are two a second.
const MAX_REFUSED: usize = 300;

/// More in a row than pass as a stranger's: of those, two a second do.
const IN_A_ROW: usize = 20;

/// The user to whom the chart's values allow it.
const HOLDER: &str = "holder";

/// A controller with the default limit, which unseals in its own namespace only, and a SealedSecret for it.
struct Scene<'a> {
    stage: &'a Stage,
    home: &'a str,
    pod: Pod,
    sealed: String,
}

pub(crate) async fn only_a_token_for_the_controller_passes_it(stage: Arc<Stage>) -> Result<()> {
    play(&stage, async |scene| {
        let account = format!("{}-reseal", scene.home);
        let client = scene.stage.lab.client();
        let token = async |name: &str, audience: Option<&str>| {
            let audiences = audience.map(|audience| vec![audience.to_owned()]).unwrap_or_default();
            token(client.clone(), scene.home, name, audiences).await
        };
        let passes = token(&account, Some(AUDIENCE)).await?;
        for (name, value) in [
            ("no token", None),
            ("the API server's audience", Some(token(&account, None).await?)),
            ("another audience", Some(token(&account, Some("vault")).await?)),
            ("an account that may not reseal", Some(token("default", Some(AUDIENCE)).await?)),
            ("no token at all", Some(format!("{passes}x"))),
        ] {
            let answers = scene.rotate(value.as_deref()).await?;
            let refused = answers.iter().filter(|code| **code == 429).count();
            ensure!(
                refused > 0 && answers.iter().all(|code| [200, 429].contains(code)),
                "{name}: {answers:?}"
            );
        }
        // The questions about tokens before are used up: it is sent until the controller knows it.
        let (mut passed, mut refused) = (0, 0);
        while passed < IN_A_ROW {
            if scene.rotate_once(Some(&passes)).await? != 429 {
                passed += 1;
                continue;
            }
            passed = 0;
            refused += 1;
            ensure!(refused < MAX_REFUSED, "a token that may reseal was answered with 429 {refused} times");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // Strangers take no place of it, with invalid tokens or without one.
        let junk = format!("{passes}x");
        let (answers, _, _) =
            tokio::try_join!(scene.rotate(Some(&passes)), scene.rotate(Some(&junk)), scene.rotate(None))?;
        ensure!(answers.iter().all(|code| *code == 200), "{answers:?}");

        // To the API server, the account is worth nothing, whatever the audience.
        let powerful = token(&account, None).await?;
        for (token, expected) in [(&passes, 401), (&powerful, 403)] {
            let url =
                format!("{}/apis/bitnami.com/v1alpha1/sealedsecrets", scene.stage.lab.control_plane.url());
            let http = reqwest_of_the_cluster(scene.stage)?;
            let answer = http.get(url).bearer_auth(token).send().await?;
            ensure!(answer.status() == expected, "{}", answer.status());
        }
        ensure!(!scene.pod.logs()?.contains(&passes), "the controller logged a token");
        Ok(())
    })
    .await
}

pub(crate) async fn five_hundred_files_pass_it(stage: Arc<Stage>) -> Result<()> {
    play(&stage, async |scene| {
        let folder = tempfile::tempdir()?;
        let files: Vec<_> = (0..500).map(|number| folder.path().join(format!("{number:03}.yaml"))).collect();
        for file in &files {
            std::fs::write(file, &scene.sealed)?;
        }
        let path = folder.path().to_str().context("the path is no text")?;
        let ran = scene.reseal(HOLDER, path).await?;
        let stderr = ran.stderr.clone();
        let stdout = String::from_utf8(ran.success()?)?;
        ensure!(stdout.contains("500 resealed") && stderr.is_empty(), "{stdout}{stderr}");
        for file in &files {
            ensure!(std::fs::read_to_string(file)? != scene.sealed, "{} is as before", file.display());
        }
        Ok(())
    })
    .await
}

pub(crate) async fn without_the_permission_a_line_says_what_is_missing(stage: Arc<Stage>) -> Result<()> {
    play(&stage, async |scene| {
        let folder = tempfile::tempdir()?;
        for number in 0..6 {
            std::fs::write(folder.path().join(format!("{number}.yaml")), &scene.sealed)?;
        }
        let path = folder.path().to_str().context("the path is no text")?;
        let ran = scene.reseal("stranger", path).await?;
        let stderr = ran.stderr.clone();
        let stdout = String::from_utf8(ran.success()?)?;
        ensure!(stdout.contains("6 resealed"), "{stdout}");
        let words =
            format!("`kubectl create rolebinding NAME -n {0} --role={0}-reseal --user=YOU`", scene.home);
        ensure!(stderr.lines().count() == 1 && stderr.contains(&words), "{stderr}");
        Ok(())
    })
    .await
}

async fn play(stage: &Stage, test: impl AsyncFnOnce(&Scene<'_>) -> Result<()>) -> Result<()> {
    with_temp_ns(&stage.lab, async |home| {
        let chart = stage.lab.chart(home)?.set("fullnameOverride", home).set("rbac.clusterRoleName", home);
        let subject = "rbac.reseal.subjects[0]";
        let chart = chart.set(&format!("{subject}.kind"), "User").set(&format!("{subject}.name"), HOLDER);
        let chart = chart.set(&format!("{subject}.apiGroup"), "rbac.authorization.k8s.io").render().await?;
        chart.apply_but_definitions(&stage.lab.client()).await?;
        let pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").flag("all-namespaces", "false");
        let mut pod = pod.start(&stage.lab).await?;
        pod.wait_ready().await?;
        let secret = Person::secret(home, "db", &json!({ "v": "1" })).to_string();
        let [namespace, name] = controller_in(home);
        let kubeseal = stage.lab.kubeseal(Maker::Ours)?;
        let sealed = kubeseal.output(&["-o", "yaml", &namespace, &name], secret.as_bytes()).await?;
        let scene = Scene { stage, home, pod, sealed: String::from_utf8(sealed)? };
        test(&scene).await?;
        let ended = scene.pod.stop().await?;
        ensure!(ended.success(), "the controller ended with {ended}");
        chart.delete(&stage.lab.client()).await
    })
    .await
}

impl Scene<'_> {
    /// The status codes of many requests, several at a time.
    async fn rotate(&self, token: Option<&str>) -> Result<Vec<u16>> {
        let requests = stream::iter(0..MANY).map(|_| self.rotate_once(token)).buffered(4);
        requests.collect::<Vec<_>>().await.into_iter().collect()
    }

    async fn rotate_once(&self, token: Option<&str>) -> Result<u16> {
        let object: serde_json::Value = serde_saphyr::from_str(&self.sealed)?;
        let mut request = http_client().build()?.post(format!("{}/v1/rotate", self.pod.url()));
        if let Some(token) = token {
            request = request.header("sealed-secrets-token", token);
        }
        Ok(request.body(object.to_string()).send().await?.status().as_u16())
    }

    async fn reseal(&self, user: &str, path: &str) -> Result<CliOutput> {
        let [namespace, name] = controller_in(self.home);
        let kubeseal: Cli = self.stage.lab.kubeseal(Maker::Ours)?;
        let arguments = ["reseal", "--all", "--warn=always", "--as", user, &namespace, &name, path];
        kubeseal.run(&arguments, b"").await
    }
}

/// Arguments by which kubeseal finds a controller that has the name of its namespace.
fn controller_in(home: &str) -> [String; 2] {
    [format!("--controller-namespace={home}"), format!("--controller-name={home}")]
}

/// A client that trusts the API server's certificate.
fn reqwest_of_the_cluster(stage: &Stage) -> Result<reqwest::Client> {
    let authority = reqwest::Certificate::from_pem(stage.lab.control_plane.ca().as_ref())?;
    Ok(http_client().tls_certs_only([authority]).build()?)
}

async fn token(client: Client, namespace: &str, name: &str, audiences: Vec<String>) -> Result<String> {
    let accounts: Api<ServiceAccount> = Api::namespaced(client, namespace);
    let spec = TokenRequestSpec { audiences, expiration_seconds: Some(600), ..TokenRequestSpec::default() };
    let request = TokenRequest { spec, ..TokenRequest::default() };
    let created = accounts.create_token_request(name, &PostParams::default(), &request).await?;
    Ok(created.status.context("no token in the answer")?.token)
}
