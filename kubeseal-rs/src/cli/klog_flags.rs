//! The flags of upstream's logging library. They are accepted, so that scripts keep working, and have no effect: this program has no log.

use clap::{Arg, value_parser};

const BOOLEANS: [&str; 7] = [
    "add_dir_header",
    "alsologtostderr",
    "legacy_stderr_threshold_behavior",
    "logtostderr",
    "one_output",
    "skip_headers",
    "skip_log_headers",
];

const TEXTS: [&str; 7] = [
    "alsologtostderrthreshold",
    "log_backtrace_at",
    "log_dir",
    "log_file",
    "log_file_max_size",
    "stderrthreshold",
    "vmodule",
];

/// Flags without effect, hidden from help.
pub(crate) fn klog_flags() -> impl Iterator<Item = Arg> {
    let flag = |name: &'static str| Arg::new(name).long(name).hide(true);
    let boolean =
        |name: &'static str| flag(name).num_args(0..=1).require_equals(true).default_missing_value("true");
    let verbosity = flag("v").short('v').allow_negative_numbers(true).value_parser(value_parser!(i32));
    BOOLEANS.map(boolean).into_iter().chain(TEXTS.map(flag)).chain([verbosity])
}
