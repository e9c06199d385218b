//! One run uses one cluster: kubeconfig, context and certificate authority are read once, and changes during the run
//! have no effect. Credentials are read again for each login.

use crate::support::program::{finish, fixture, program};
use crate::support::server::{PORTS, Server, status};
use std::path::Path;
use std::process::Command;

const SECRET: &[u8] = b"metadata: {name: a}\nstringData: {k: v}\n";

/// Writes a kubeconfig of two files: a context, and its cluster and user, whose credential plugin is `plugin`. The
/// certificate authority is at the same path for all clusters.
fn kubeconfig(folder: &Path, name: &str, server: &Server, plugin: &Path) {
    let authority = folder.join("authority");
    let authority = authority.display();
    std::fs::copy(&server.files.as_ref().unwrap()[0], folder.join(format!("{name}-authority"))).unwrap();
    let context = format!(
        "current-context: {name}\ncontexts:\n- {{name: {name}, context: {{cluster: c-{name}, user: u-{name}, namespace: {name}-shop}}}}\n"
    );
    let cluster = format!(
        "clusters:\n- {{name: c-{name}, cluster: {{server: '{}', certificate-authority: '{authority}', tls-server-name: \
         elsewhere.example}}}}\nusers:\n- {{name: u-{name}, user: {{exec: {{apiVersion: client.authentication.k8s.io/v1, \
         interactiveMode: Never, command: sh, args: ['{}']}}}}}}\n",
        server.url(),
        plugin.display()
    );
    std::fs::write(folder.join(format!("{name}-contexts")), context).unwrap();
    std::fs::write(folder.join(format!("{name}-clusters")), cluster).unwrap();
}

/// Makes cluster `name` the current one.
fn switch_to(folder: &Path, name: &str) {
    for file in ["contexts", "clusters", "authority"] {
        std::fs::copy(folder.join(format!("{name}-{file}")), folder.join(file)).unwrap();
    }
}

/// The context is switched from cluster `one` to `two` while the certificate is fetched, between a refused token and
/// the next.
#[test]
fn a_context_that_is_switched_meanwhile_changes_nothing() {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    let lines = vec![
        ("/services/sealed-secrets-controller", 200, PORTS.to_owned()),
        ("cert.pem", 401, status(401, "Unauthorized", "Unauthorized")),
        ("cert.pem", 200, pem),
    ];
    let (one, two) = (Server::start_tls(lines, false), Server::start_tls(Vec::new(), false));
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let plugin = at("plugin");
    kubeconfig(folder.path(), "one", &one, &plugin);
    kubeconfig(folder.path(), "two", &two, &plugin);
    let [contexts, clusters] = [at("contexts"), at("clusters")];
    switch_to(folder.path(), "one");
    let script = format!(
        "cd '{}'; cp two-contexts contexts; cp two-clusters clusters; cp two-authority authority; echo run >> runs\n\
         echo '{{\"kind\": \"ExecCredential\", \"apiVersion\": \"client.authentication.k8s.io/v1\", \"status\": \
         {{\"token\": \"token-'$(wc -l < runs)'\"}}}}'\n",
        folder.path().display()
    );
    std::fs::write(&plugin, script).unwrap();

    let home = tempfile::tempdir().unwrap();
    let files = std::env::join_paths([&contexts, &clusters]).unwrap();
    let seal = |arguments: &[&str]| {
        let mut command = program(&[arguments, &["-o", "yaml"]].concat());
        command.env("KUBECONFIG", &files).env("XDG_CACHE_HOME", home.path());
        command.env("PATH", std::env::var_os("PATH").unwrap());
        let output = finish(command, SECRET);
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let [sealed, printed] = seal(&[]);
    assert!(sealed.contains("namespace: one-shop"), "{sealed}{printed}");
    let tokens: Vec<String> = one.requests().iter().map(|request| header(request, "authorization")).collect();
    assert_eq!(tokens, ["bearer token-1", "bearer token-1", "bearer token-2"], "it did not log in anew");
    assert!(std::fs::read_to_string(&contexts).unwrap().contains("two"), "it was not switched");
    assert!(two.requests().is_empty(), "{:?}", two.requests());

    // The certificate is not cached for the other cluster either.
    let [sealed, printed] = seal(&["--offline"]);
    assert!(sealed.is_empty() && printed.contains(&format!("in {} is cached", two.url())), "{printed}");
    switch_to(folder.path(), "one");
    assert!(seal(&["--offline"])[0].contains("namespace: one-shop"));
}

/// The value of a header, in lower case.
fn header(request: &str, name: &str) -> String {
    let value = request.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_default().trim().to_owned()
}

#[test]
fn a_kubeconfig_that_can_be_read_once_is_enough() {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    let server = Server::start(vec![
        ("/services/sealed-secrets-controller", 200, PORTS.to_owned()),
        ("cert.pem", 200, pem),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("kubeconfig");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let kubeconfig = std::fs::read(server.kubeconfig("{}").path()).unwrap();
    let path = pipe.clone();
    let writer = std::thread::spawn(move || std::fs::write(path, kubeconfig).unwrap());
    let mut command = program(&["--kubeconfig", pipe.to_str().unwrap(), "--context", "shop", "-o", "yaml"]);
    command.env("XDG_CACHE_HOME", folder.path());
    let output = finish(command, SECRET);
    writer.join().unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(String::from_utf8_lossy(&output.stdout).contains("namespace: shop"), "{printed}");
}

/// As in client-go: a named entry that no kubeconfig has is an error, and no other cluster is used instead.
#[test]
fn an_entry_that_is_named_has_to_be_in_a_kubeconfig() {
    for entry in [["--context", "prod"], ["--cluster", "prod"], ["--user", "prod"]] {
        let command = program(&[&["--fetch-cert", "--server", "https://127.0.0.1:1"], &entry[..]].concat());
        let output = finish(command, b"");
        let printed = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && printed.contains("there is no kubeconfig"), "{printed}");
        assert!(printed.contains("name an entry of one"), "{printed}");
    }
}
