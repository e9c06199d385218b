//! The program as its users run it: one test binary, with a folder for each subject.
//!
//! Every test starts `kubeseal-rs` with an environment that holds nothing but what the test puts there, and where it needs a
//! cluster, against a small server that gives prepared answers. Tests on a real control plane are in the package `tests`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;

mod support {
    #[cfg(unix)]
    pub(crate) mod certificates;
    pub(crate) mod key_lines;
    pub(crate) mod program;
    pub(crate) mod server;
    #[cfg(unix)]
    pub(crate) mod signals;
    #[cfg(unix)]
    pub(crate) mod terminal;
    pub(crate) mod wrapped;
}

mod seal {
    mod annotations;
    mod failures_show_no_value;
    mod merge;
    mod namespace;
    mod opens;
    #[cfg(unix)]
    mod raw;
    mod utf16;
}

#[cfg(unix)]
mod for_clusters {
    mod changes;
    mod guard;
    mod hidden;
    mod hostile;
    mod many_entries;
    mod names;
    mod other_clusters;
    mod recipients;
    pub(crate) mod repository;
    mod seals;
}

mod create {
    mod existing_files;
    mod outcome;
    #[cfg(unix)]
    mod prompt;
    mod types;
    mod values;
}

mod certificate {
    #[cfg(unix)]
    mod cache;
    mod from_controller;
    #[cfg(unix)]
    mod laptop;
    #[cfg(unix)]
    mod planted;
    mod url;
    #[cfg(unix)]
    mod warnings;
    #[cfg(unix)]
    mod withdrawn;
}

#[cfg(unix)]
mod clusters {
    mod accepted;
    mod fetch;
    mod init;
    mod layers;
    mod repository;
    mod settings;
    mod trust;
}

mod connection {
    mod error_messages;
    #[cfg(unix)]
    mod expired_credentials;
    mod fetch;
    mod located;
    mod plugins;
    mod proxies;
    mod servers;
    #[cfg(unix)]
    mod target;
    mod users;
}

mod recovery {
    #[cfg(unix)]
    mod encrypted_keys;
    mod plain_keys;
    mod wrapped_keys;
}

#[cfg(unix)]
mod keys {
    mod backup;
    mod backup_into;
    mod conversion;
    mod list;
    mod orphan_key;
    mod restore;
    mod restored;
    mod retire;
    mod revoke;
    mod terminal;
    mod wrapped;
}

#[cfg(unix)]
mod rebind {
    mod moved;
    mod rescoped;
}

mod reseal {
    mod files;
    mod fingerprint_checks;
    mod live;
    mod stream;
    mod tree;
    mod verify_and_re_encrypt;
    mod with_controller;
    mod with_keys;
    mod with_token;
}

#[cfg(unix)]
mod edit {
    mod desk;
    mod file_update;
    mod refused;
    mod text;
}

mod guard {
    mod allow_comments;
    mod annotations;
    mod folder;
    #[cfg(unix)]
    mod install;
    mod kustomize;
    mod manifests;
    mod sealed_values;
    mod staged;
    mod unparsable;
    mod walk;
}

mod inspect {
    mod cluster;
    mod files;
}

mod output {
    mod completion;
    mod diff;
    #[cfg(unix)]
    mod escapes;
    mod files_and_pipes;
    mod git_diff;
    #[cfg(unix)]
    mod interrupted;
    #[cfg(unix)]
    mod program_name;
    #[cfg(unix)]
    mod success;
    #[cfg(unix)]
    mod terminal;
}

#[cfg(unix)]
mod hostile_repository {
    mod commands;
    mod outside;
    mod repository;
    mod unreadable;
}
