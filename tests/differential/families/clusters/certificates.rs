//! `--cert` and `--fetch-cert` with every kind of faulty certificate, as a file and as a URL.

use std::sync::Arc;

use anyhow::Result;

use crate::case::Case;
use crate::families::JSON;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const CERTIFICATES: &[&str] = &[
    "cert.pem",
    "./cert.pem",
    "expired.pem",
    "small.pem",
    "not-rsa.pem",
    "two.pem",
    "expired-first.pem",
    "cert-and-key.pem",
    "key-and-cert.pem",
    "pkcs1.pem",
    "pkcs8.pem",
    "backup.yaml",
    "nowhere.pem",
    ".",
    "text.pem",
    "empty.pem",
    "text-before.pem",
    "crlf.pem",
    "indented.pem",
    "cut.pem",
    "der.crt",
    "trusted.pem",
    "other-label.pem",
    "file://{dir}/cert.pem",
    "file://localhost/{dir}/cert.pem",
    "file:cert.pem",
    "file://cert.pem",
    "file:///nowhere.pem",
    "FILE://{dir}/cert.pem",
    "ftp://127.0.0.1/cert.pem",
    "http://127.0.0.1:1/cert.pem",
    "https://127.0.0.1:1/cert.pem",
    "http://",
    "a:b",
    "with%20space.pem",
    "with%zz.pem",
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let cert = std::fs::read_to_string(stage.fixtures.path("cert.pem"))?;
    let dir = stage.fixtures.path("").display().to_string();
    let der = base64_body(&cert);
    let mut cases = Vec::new();
    for certificate in CERTIFICATES {
        for verb in ["", "--fetch-cert", "--raw --scope cluster-wide"] {
            let path = certificate.replace("{dir}", dir.trim_end_matches('/'));
            let case = Case::bare(format!("{certificate} {verb}"), verb).arg("--cert").arg(path).stdin(JSON);
            cases.push(
                case.file("text.pem", "hello\n")
                    .file("empty.pem", "")
                    .file("text-before.pem", format!("Certificate:\n  Data: x\n{cert}"))
                    .file("crlf.pem", cert.replace('\n', "\r\n"))
                    .file("indented.pem", cert.replace('\n', "\n  "))
                    .file("cut.pem", &cert[..cert.len() / 2])
                    .file("der.crt", &der)
                    .file("trusted.pem", cert.replace("CERTIFICATE", "TRUSTED CERTIFICATE"))
                    .file("other-label.pem", cert.replace("CERTIFICATE", "X509 CERTIFICATE"))
                    .file("with%20space.pem", &cert)
                    .file("with%zz.pem", &cert),
            );
        }
    }
    judge(&stage, Family::Certificates, cases).await
}

fn base64_body(pem: &str) -> Vec<u8> {
    envelope::pem::blocks(pem).into_iter().next().map(|block| block.der.to_vec()).unwrap_or_default()
}
