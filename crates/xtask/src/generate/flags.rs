//! The pages about flags, from clap's definitions: `controller/docs/flags.md` and `kubeseal-rs/docs/flags.md`.

mod controller;
mod kubeseal_rs;
mod table;

use harness::workspace;

use super::generated::Generated;

pub(super) fn generated() -> Vec<Generated> {
    let page = |path: &str, source, contents: String| Generated {
        path: workspace::root().join(path),
        contents: format!(
            "<!-- Generated from {source} by `cargo xtask generate`. Change it there. -->\n\n{contents}"
        ),
        source,
    };
    vec![
        page("controller/docs/flags.md", "controller/src/cli", controller::page()),
        page("kubeseal-rs/docs/flags.md", "kubeseal-rs/src/cli", kubeseal_rs::page()),
    ]
}
