//! `guard`: what it finds in files and in what is staged, what it lets pass, and that it never shows a value.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod allow_comments;
mod annotations;
mod kustomize;
mod manifests;
#[path = "../support/program.rs"]
mod program;
mod staged;
mod support;
mod unparsable;
mod walk;
