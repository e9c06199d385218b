//! Which controller of which cluster a command talks to: flags > environment > project file > defaults.

use super::settings::{FILE, SEALED, accept, paths, repository};
use crate::support::certificates::pem;
use crate::support::program::finish;
use crate::support::server::{Line, PORTS, Server, status};
use std::fs;

/// A cluster with a controller of each name.
fn with_controllers() -> Server {
    let mut lines: Vec<Line> = ["/by-flag", "/by-variable", "/by-file", "/sealed-secrets-controller"]
        .map(|service| (service, 200, PORTS.to_owned()))
        .into();
    lines.push(("cert.pem", 200, pem()));
    lines.push(("", 403, status(403, "Forbidden", "not you")));
    Server::start_tls(lines, false)
}

/// Context, name and namespace of the controller, as each layer says.
const LAYERS: [[&str; 3]; 4] = [
    ["flag", "by-flag", "of-flag"],
    ["variable", "by-variable", "of-variable"],
    ["eu", "by-file", "of-file"],
    ["current", "sealed-secrets-controller", "kube-system"],
];

const SETTINGS: [(&str, &str); 3] = [
    ("--context", "SEALED_SECRETS_CONTEXT"),
    ("--controller-name", "SEALED_SECRETS_CONTROLLER_NAME"),
    ("--controller-namespace", "SEALED_SECRETS_CONTROLLER_NAMESPACE"),
];

#[test]
fn flags_then_environment_then_project_file_then_defaults() {
    let servers = [(); 4].map(|()| with_controllers());
    let contexts: Vec<_> = LAYERS.iter().map(|layer| layer[0]).zip(&servers).collect();
    let repository = repository(&contexts, "current", FILE);
    accept(&repository);
    for (with_file, mix) in [true, false].into_iter().flat_map(|file| (0..27).map(move |mix| (file, mix))) {
        // For each setting: 0 is a flag and the variable, 1 the variable, 2 neither, which an empty variable is.
        let said = [mix / 9, mix / 3 % 3, mix % 3];
        let (mut flags, mut variables) = (Vec::new(), Vec::new());
        let mut expected = [""; 3];
        for (setting, (flag, variable)) in SETTINGS.into_iter().enumerate() {
            let layer = if said[setting] == 2 && !with_file { 3 } else { said[setting] };
            expected[setting] = LAYERS[layer][setting];
            variables.push((variable, if layer < 2 { LAYERS[1][setting] } else { "" }));
            flags.extend((layer == 0).then(|| format!("{flag}={}", LAYERS[0][setting])));
        }
        flags.extend(with_file.then(|| "--for=prod-eu".to_owned()));
        let arguments = ["reseal", "--check", "--warn=never", "db.yaml"];
        let arguments = arguments.into_iter().chain(flags.iter().map(String::as_str));
        let mut command = repository.command(&arguments.collect::<Vec<_>>());
        command.envs(variables);
        if !with_file {
            fs::write(repository.beside("db.yaml"), SEALED).unwrap();
            command.current_dir(repository.beside(""));
        }
        let before = servers.each_ref().map(|server| server.requests().len());
        let printed = String::from_utf8(finish(command, b"").stderr).unwrap();
        let [context, name, namespace] = expected;
        for ((of, server), before) in contexts.iter().zip(before) {
            let new = paths(server).split_off(before);
            let service = format!("/namespaces/{namespace}/services/{name}");
            assert_eq!(
                new.first().is_some_and(|path| path.ends_with(&service)),
                *of == context,
                "{said:?}: {printed}"
            );
            assert_eq!(new.is_empty(), *of != context, "{said:?}: {printed}");
        }
    }
}
