//! An API server with prepared responses, which records its requests. Tests with the real one are in the package
//! `tests`.

use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::NamedTempFile;

pub(crate) const SERVICE: &str = "/api/v1/namespaces/kube-system/services/sealed-secrets-controller";
pub(crate) const PORTS: &str =
    r#"{"metadata": {}, "spec": {"ports": [{"name": "web", "port": 80}, {"name": "metrics", "port": 81}]}}"#;

/// Instead of a status: there is no response.
pub(crate) const HANGS: u16 = 0;

/// End of a path, and status and body of the response. Of several for one path, each is used once, and the last one
/// stays.
pub(crate) type Line = (&'static str, u16, String);

/// The server runs until the test's process ends.
pub(crate) struct Server {
    scheme: &'static str,
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    /// Certificate of the authority that signed the server's and the clients' certificates, and a client's certificate
    /// and key.
    pub files: Option<[PathBuf; 3]>,
    _directory: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start(lines: Vec<Line>) -> Self {
        Self::run(lines, None)
    }

    /// A server that speaks TLS as `elsewhere.example`. With `clients` it accepts only clients of its authority.
    pub(crate) fn start_tls(lines: Vec<Line>, clients: bool) -> Self {
        Self::run(lines, Some(clients))
    }

    fn run(lines: Vec<Line>, tls: Option<bool>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (config, files) = tls.map(|clients| tls_config(directory.path(), clients)).unzip();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let lines = Arc::new(Mutex::new(lines));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, lines, log) = (config.clone(), Arc::clone(&lines), Arc::clone(&log));
                // The program may keep one connection while it opens another. In some tests it closes one early.
                std::thread::spawn(move || match config {
                    None => answer(stream, &lines, &log),
                    Some(config) => {
                        let connection = ServerConnection::new(config).unwrap();
                        answer(StreamOwned::new(connection, stream), &lines, &log)
                    }
                });
            }
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        Self { scheme, port, requests, files, _directory: directory }
    }

    /// The server's address.
    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// A kubeconfig whose context "plain" is this server, with this user.
    pub(crate) fn kubeconfig(&self, user: &str) -> NamedTempFile {
        let file = NamedTempFile::new().unwrap();
        let text = std::fs::read_to_string(super::program::fixture("kubeconfig.yaml")).unwrap();
        let text =
            text.replace("http://127.0.0.1:1", &self.url()).replace("user: {}", &format!("user: {user}"));
        std::fs::write(file.path(), text).unwrap();
        file
    }

    /// Every request so far: request line and headers, in lower case, then the body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Text of the program's, with the server's port replaced by `PORT`.
    pub(crate) fn printed(&self, text: &[u8]) -> String {
        String::from_utf8_lossy(text).replace(&format!(":{}", self.port), ":PORT")
    }
}

fn answer(
    stream: impl Read + Write,
    lines: &Mutex<Vec<Line>>,
    requests: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            if header.trim().is_empty() {
                break;
            }
            let header = header.to_ascii_lowercase();
            length =
                header.strip_prefix("content-length:").map_or(length, |text| text.trim().parse().unwrap());
            request.push_str(&header);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        request.push_str(&String::from_utf8_lossy(&body));
        requests.lock().unwrap().push(request);
        let (_, code, body) = next(&path, &mut lines.lock().unwrap());
        if code == HANGS {
            // Until the program gives up.
            return reader.read_to_end(&mut Vec::new()).map(drop);
        }
        write!(reader.get_mut(), "HTTP/1.1 {code} X\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
        reader.get_mut().flush()?;
    }
}

fn next(path: &str, lines: &mut Vec<Line>) -> Line {
    let fitting: Vec<usize> = (0..lines.len()).filter(|index| path.ends_with(lines[*index].0)).collect();
    match fitting.as_slice() {
        [] => ("", 500, "unexpected".into()),
        [only] => lines[*only].clone(),
        [first, ..] => lines.remove(*first),
    }
}

fn tls_config(directory: &std::path::Path, clients: bool) -> (Arc<ServerConfig>, [PathBuf; 3]) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let authority_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(params, authority_key);
    let signed = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        (certificate, key)
    };
    let (client, client_key) = signed("client");
    let files = [
        ("ca.crt", authority.pem()),
        ("client.crt", client.pem()),
        ("client.key", client_key.serialize_pem()),
    ]
    .map(|(name, text)| {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        path
    });
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let (server, server_key) = signed("elsewhere.example");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if clients {
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let key = rustls::pki_types::PrivateKeyDer::try_from(server_key.serialize_der()).unwrap();
    (Arc::new(builder.with_single_cert(vec![server.der().clone()], key).unwrap()), files)
}

/// A Kubernetes Status.
pub(crate) fn status(code: u16, reason: &str, message: &str) -> String {
    format!(
        r#"{{"kind": "Status", "apiVersion": "v1", "metadata": {{}}, "status": "Failure", "message": "{message}", "reason": "{reason}", "code": {code}}}"#
    )
}
