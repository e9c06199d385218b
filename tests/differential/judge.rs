//! `judge`: plays the cases of a family, and holds every difference against the list of those that are meant. What comes out
//! must pass the API server as well.

use anyhow::{Result, bail, ensure};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::accepted;
use crate::case::{Case, Compared};
use crate::differences::{Difference, differences};
use crate::family::Family;
use crate::report::Report;
use crate::stage::{Answers, Stage};

/// Cases at a time. Each is two short processes; the families run side by side as well.
const AT_ONCE: usize = 3;

/// In which way the two answered differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Ours refuses what upstream's does.
    OursRefuses,
    /// Ours does what upstream's refuses.
    UpstreamRefuses,
    /// Both do it, and something else comes out.
    OtherMeaning,
    /// Both refuse it, with different exit codes.
    OtherCode,
}

/// Fails with a report of what differs and is not listed, and of what is listed and does not differ.
pub(crate) async fn judge(stage: &Stage, family: Family, cases: Vec<Case>) -> Result<()> {
    let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    names.sort_unstable();
    if let Some((twice, _)) = names.iter().zip(names.iter().skip(1)).find(|(one, next)| one == next) {
        bail!("two cases are called {twice}");
    }
    let mut answers: Vec<Answers> = futures::stream::iter(cases.iter().enumerate())
        .map(|(number, case)| stage.play(family, number, case))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    accepted::ask(stage, family, &mut answers).await?;
    let list = differences(family);
    let mut report = Report::new(cases.len());
    for difference in &list {
        for pattern in difference.cases {
            let is_used = cases.iter().any(|case| matches(pattern, &case.name));
            report.stale_unless(is_used, pattern, "it matches no case");
        }
    }
    for (case, answers) in cases.iter().zip(&answers) {
        if answers.ours.crashed {
            report.differs(case, answers, "ours crashed");
        }
        if !answers.ours.succeeded && answers.ours.touched {
            report.differs(case, answers, "ours failed, and changed a file all the same");
        }
        if case.is_possible && !answers.upstreams.succeeded {
            report.differs(case, answers, "upstream's does not do what it can");
        }
        if let Some(how) = refused(answers) {
            report.differs(case, answers, how);
        }
        match (listed(&list, case), how(case, answers)) {
            (None, None) => {}
            (None, Some(how)) => report.differs(case, answers, &format!("{how:?}")),
            (Some(difference), None) => {
                report.stale_unless(
                    false,
                    &case.name,
                    &format!("both do the same now: {}", difference.because),
                );
            }
            (Some(difference), Some(how)) => {
                let wanted = difference.how;
                report.stale_unless(how == wanted, &case.name, &format!("it is {how:?}, not {wanted:?}"));
            }
        }
    }
    ensure!(report.is_empty(), "{report}");
    Ok(())
}

fn listed(list: &[&'static Difference], case: &Case) -> Option<&'static Difference> {
    list.iter()
        .copied()
        .find(|difference| difference.cases.iter().any(|pattern| matches(pattern, &case.name)))
}

fn how(case: &Case, answers: &Answers) -> Option<How> {
    let Answers { ours, upstreams } = answers;
    match (ours.succeeded, upstreams.succeeded) {
        (false, true) => Some(How::OursRefuses),
        (true, false) => Some(How::UpstreamRefuses),
        // Of a failure, scripts can rely on the exit code alone; of a crash, on nothing.
        (false, false) => (!upstreams.crashed && ours.code != upstreams.code).then_some(How::OtherCode),
        (true, true) => {
            let same = match case.compared {
                Compared::Everything => ours.stdout == upstreams.stdout && ours.files == upstreams.files,
                Compared::Status => true,
                Compared::Version => is_version(&ours.stdout, &upstreams.stdout),
            };
            (!same).then_some(How::OtherMeaning)
        }
    }
}

/// Whether both tell a version in the same form, and ours says whose it is behind it.
fn is_version(ours: &Value, upstreams: &Value) -> bool {
    let line = |version: &str| json!({ "format": "yaml", "objects": [{ "kubeseal version": version }] });
    let told = |told: &Value| {
        told.pointer("/objects/0/kubeseal version").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let is_ours = |told: &str| {
        let (version, program) = told.split_once(' ').unwrap_or_default();
        version
            .strip_prefix("v0.")
            .is_some_and(|rest| rest.split('.').all(|part| part.parse::<u32>().is_ok()))
            && program == concat!("(kubeseal-rs v", env!("CARGO_PKG_VERSION"), ")")
    };
    *ours == line(&told(ours)) && *upstreams == line(&told(upstreams)) && is_ours(&told(ours))
}

/// In which way what ours wrote does not pass the API server as it ought to: it does wherever upstream's does, and else is
/// refused for the same known reason.
fn refused(Answers { ours, upstreams }: &Answers) -> Option<&'static str> {
    match (&ours.refused, &upstreams.refused) {
        (None, Some(_)) if ours.succeeded => Some("the API server refuses upstream's alone"),
        (None, _) => None,
        (Some(_), None) if upstreams.succeeded => Some("the API server refuses ours alone"),
        (Some(ours), Some(upstreams)) if ours.reason != upstreams.reason => {
            Some("the API server refuses the two for different reasons")
        }
        (Some(ours), _) => {
            ours.reason.is_none().then_some("the API server refuses both, and not for a known reason")
        }
    }
}

/// Whether `name` is of the form `pattern`, in which each `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            let mut tails = name.char_indices().map(|(at, _)| &name[at..]).chain([""]);
            tails.any(|tail| matches(rest, tail))
        }),
    }
}
