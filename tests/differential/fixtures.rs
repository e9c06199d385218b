//! [`Fixtures`]: the keys, certificates and kubeconfigs that cases name in their arguments. Each case finds them in its
//! working folder.
//!
//! Decided: the key pair of kubeseal-rs' own tests, because its files say that it is worthless, instead of another
//! published key.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use envelope::{KeySize, PrivateKey};
use serde_json::{Value, json};
use tests::workspace;

/// A folder of files, and the key that opens what is sealed with `cert.pem` in it.
pub(crate) struct Fixtures {
    dir: PathBuf,
    pub key: PrivateKey,
}

/// A context with a namespace and one without; the cluster does not exist.
const KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
current-context: shop
clusters:
- { name: nowhere, cluster: { server: 'http://127.0.0.1:1' } }
contexts:
- { name: shop, context: { cluster: nowhere, user: nobody, namespace: shop } }
- { name: plain, context: { cluster: nowhere, user: nobody } }
- { name: empty, context: { cluster: nowhere, user: nobody, namespace: '' } }
users:
- { name: nobody, user: {} }
";

impl Fixtures {
    /// Writes them into `dir`. `admin` is the kubeconfig of the cluster that exists.
    pub(crate) fn write(dir: PathBuf, admin: &Path) -> Result<Self> {
        fs::create_dir_all(&dir)?;
        let from = workspace::root().join("kubeseal-rs/tests/fixtures");
        let read = |name: &str| {
            fs::read_to_string(from.join(name)).with_context(|| format!("cannot read the fixture {name}"))
        };
        let write = |name: &str, content: &str| {
            fs::write(dir.join(name), content).with_context(|| format!("cannot write {name}"))
        };
        let (cert, pkcs8) = (read("test-only.crt")?, read("test-only.key")?);
        let key = PrivateKey::from_pem(&pkcs8)?;
        let pkcs1 = key.to_pkcs1_pem()?;
        let other = PrivateKey::generate(KeySize::Rsa2048)?.to_pkcs1_pem()?;

        write("cert.pem", &cert)?;
        for name in ["expired", "small", "not-rsa"] {
            write(&format!("{name}.pem"), &read(&format!("{name}.crt"))?)?;
        }
        write("two.pem", &format!("{cert}{}", read("expired.crt")?))?;
        write("expired-first.pem", &format!("{}{cert}", read("expired.crt")?))?;
        write("cert-and-key.pem", &format!("{cert}{pkcs8}"))?;
        write("key-and-cert.pem", &format!("{}{cert}", *pkcs1))?;
        write("pkcs8.pem", &pkcs8)?;
        write("pkcs1.pem", &pkcs1)?;
        write("other.pem", &other)?;
        write("both.pem", &format!("{}{}", *other, *pkcs1))?;
        let (one, two) = (backup("a", &cert, &pkcs1), backup("b", &cert, &other));
        write("backup.json", &one.to_string())?;
        write("backup.yaml", &yaml(&one)?)?;
        write("backup-pkcs8.json", &backup("c", &cert, &pkcs8).to_string())?;
        let list = json!({ "apiVersion": "v1", "kind": "List", "metadata": {}, "items": [two, one] });
        write("list.json", &list.to_string())?;
        write("list.yaml", &yaml(&list)?)?;
        write("other.yaml", &yaml(&two)?)?;
        write("several.yaml", &format!("---\n{}---\n{}", yaml(&two)?, yaml(&one)?))?;
        write("kubeconfig", KUBECONFIG)?;
        write("plugin", "#!/bin/sh\ncat \"$@\"\n")?;
        fs::set_permissions(dir.join("plugin"), fs::Permissions::from_mode(0o700))?;
        symlink(admin, dir.join("admin"))?;
        Ok(Self { dir, key })
    }

    /// Puts links to all fixtures into `dir`.
    pub(crate) fn lay_out(&self, dir: &Path) -> Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            symlink(entry.path(), dir.join(entry.file_name()))?;
        }
        Ok(())
    }

    /// The path of the fixture `name`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// A sealing key as `kubectl get secret -o yaml` shows it.
fn backup(name: &str, cert: &str, key: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {
            "name": format!("sealed-secrets-key{name}"), "namespace": "kube-system",
            "labels": { "sealedsecrets.bitnami.com/sealed-secrets-key": "active" },
        },
        "data": { "tls.crt": STANDARD.encode(cert), "tls.key": STANDARD.encode(key) },
    })
}

fn yaml(value: &Value) -> Result<String> {
    serde_saphyr::to_string(value).context("cannot write YAML")
}
