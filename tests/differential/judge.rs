//! `judge`: runs the cases of a family, and compares every difference with the list of intended ones. The API server
//! must accept the output as well.

use anyhow::{Result, bail, ensure};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::accepted;
use crate::case::{Case, Compared};
use crate::differences::{Difference, differences};
use crate::family::Family;
use crate::outcome::Outcome;
use crate::report::ComparisonReport;
use crate::stage::{Answers, Stage};

/// Number of cases at a time. Each runs two short processes; the families run side by side as well.
const AT_ONCE: usize = 3;

/// How the two results differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Ours fails, upstream's succeeds.
    OursRefuses,
    /// Ours succeeds, upstream's fails.
    UpstreamRefuses,
    /// Both succeed, with different outputs.
    OtherMeaning,
    /// Both fail, with different exit codes.
    OtherCode,
    /// Both succeed, with the same meaning but for an owner without UID: the API server accepts ours, and refuses upstream's.
    UpstreamsNotAccepted,
}

/// Fails with a report of unlisted differences, and of listed ones that do not occur.
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
    accepted::compare(stage, family, &mut answers).await?;
    let list = differences(family);
    let mut report = ComparisonReport::new(cases.len());
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
        // Scripts can rely on the exit code of a failure, and on nothing of a crash.
        (false, false) => (!upstreams.crashed && ours.code != upstreams.code).then_some(How::OtherCode),
        (true, true) => {
            let same = match case.compared {
                Compared::Everything => ours.stdout == upstreams.stdout && ours.files == upstreams.files,
                Compared::Status => true,
                Compared::Version => is_version(&ours.stdout, &upstreams.stdout),
            };
            if !same {
                return Some(How::OtherMeaning);
            }
            let is_accepted = ours.refused.is_none() && has_owner_without_uid(upstreams);
            is_accepted.then_some(How::UpstreamsNotAccepted)
        }
    }
}

/// Whether both print a version in the same form, and ours adds the program's name.
fn is_version(ours: &Value, upstreams: &Value) -> bool {
    let line = |version: &str| json!({ "format": "yaml", "objects": [{ "kubeseal version": version }] });
    let printed = |printed: &Value| {
        printed.pointer("/objects/0/kubeseal version").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let is_ours = |printed: &str| {
        let (version, program) = printed.split_once(' ').unwrap_or_default();
        version
            .strip_prefix("v0.")
            .is_some_and(|rest| rest.split('.').all(|part| part.parse::<u32>().is_ok()))
            && program == concat!("(kubeseal-rs v", env!("CARGO_PKG_VERSION"), ")")
    };
    *ours == line(&printed(ours)) && *upstreams == line(&printed(upstreams)) && is_ours(&printed(ours))
}

/// How the API server's verdict about our output differs from what is expected: it must be accepted wherever upstream's
/// is, and else be refused for the same known reason.
fn refused(Answers { ours, upstreams }: &Answers) -> Option<&'static str> {
    match (&ours.refused, &upstreams.refused) {
        (Some(_), _) if has_owner_without_uid(ours) => {
            Some("the API server refuses an owner without UID in ours")
        }
        (None, Some(_)) if ours.succeeded && !has_owner_without_uid(upstreams) => {
            Some("the API server refuses upstream's alone")
        }
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

/// Whether the API server refuses what was written for an owner without UID.
fn has_owner_without_uid(outcome: &Outcome) -> bool {
    outcome.refused.as_ref().is_some_and(|refused| refused.reason == Some(accepted::OWNER_WITHOUT_UID))
}

/// Whether `name` matches `pattern`, in which each `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            let mut tails = name.char_indices().map(|(at, _)| &name[at..]).chain([""]);
            tails.any(|tail| matches(rest, tail))
        }),
    }
}
