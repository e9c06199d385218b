//! The controller's command line, compared with upstream's program: each of its flags, as an argument and as a
//! variable, gets the same values in both, and both must accept or both refuse them.
//! [`tests::programs::upstream_flags`] lists the differences, and why.
//!
//! Needs no control plane: a program that accepts its flags then fails because there is no cluster, which is
//! distinguished from a refusal.

mod program;
mod values;

use std::collections::BTreeSet;
use std::thread;

use anyhow::{Result, anyhow, ensure};
use tests::programs::upstream_flags::{DIFFERENCES, ONLY_OURS};

use self::program::{Both, Judged};
use self::values::{Way, values};

type Arguments = &'static [&'static str];
type Variables = &'static [(&'static str, &'static str)];

/// Whole command lines: each list of arguments, and of variables.
const LINES: [(Arguments, Variables); 15] = [
    (&[], &[]),
    (&["serve", "now"], &[]),
    (&["--update-status", "false"], &[]),
    (&["--", "--nonsense"], &[]),
    (&["--nonsense"], &[]),
    (&["-v=3"], &[]),
    (&["-listen-addr=:8080"], &[]),
    (&["--help"], &[]),
    (&["--kubeclient-qps", "-1", "--kubeclient-burst", "-1"], &[]),
    (&["--my-cn", "--nonsense"], &[]),
    (&["--key-size"], &[]),
    (&["--key-size=2048", "--key-size=4096"], &[]),
    (&["--key-size=x", "--key-size=4096"], &[]),
    (&["--key-renew-period=24h"], &[("SEALED_SECRETS_ROTATE_PERIOD", "soon")]),
    (&[], &[("SEALED_SECRETS_NONSENSE", "x")]),
];

#[test]
fn both_take_and_refuse_the_same_values() -> Result<()> {
    let both = Both::ready()?;
    let tried = values(&both.upstreams_help()?)?;
    ensure!(tried.len() > 400, "only {} values", tried.len());
    let judged: Vec<Result<Judged>> = thread::scope(|scope| {
        let judge = |part: &'_ [Way]| {
            part.iter().map(|way| both.judge(&way.arguments(), &way.variables())).collect::<Vec<_>>()
        };
        let parts: Vec<_> =
            tried.chunks(tried.len().div_ceil(4)).map(|part| scope.spawn(move || judge(part))).collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|_| vec![Err(anyhow!("it panicked"))]))
            .collect()
    });
    let mut used = BTreeSet::new();
    for (way, judged) in tried.iter().zip(judged) {
        let judged = judged?;
        let listed = DIFFERENCES.iter().position(|it| way.is_in(it));
        match listed {
            Some(at) if judged.ours != judged.upstreams => drop(used.insert(at)),
            Some(at) => ensure!(judged.ours == judged.upstreams, "{}", DIFFERENCES[at].reason),
            None => ensure!(judged.ours == judged.upstreams, "{way:?}: {judged:?}"),
        }
    }
    for (at, difference) in DIFFERENCES.iter().enumerate() {
        ensure!(used.contains(&at), "there is no such difference: {difference:?}");
    }
    Ok(())
}

/// Flags that upstream's program has since a later version than the tested one, each with a flag of its type that the
/// tested program has.
const SINCE: [(&str, &str); 1] = [("metrics-omit-secret-labels", "skip-recreate")];

#[test]
fn ours_takes_the_flags_that_upstream_has_had_since() -> Result<()> {
    let both = Both::ready()?;
    for (flag, known) in SINCE {
        let tried = values(&format!("--{known}   "))?;
        let tried = tried.iter().filter(|way| way.flag == known);
        for way in tried {
            let judged = both.judge(&way.arguments(), &way.variables())?;
            let since = Way { flag: flag.to_owned(), ..*way };
            let ours = both.judge(&since.arguments(), &since.variables())?.ours;
            ensure!(ours == judged.upstreams, "{since:?}: {ours:?}, where {known} is {:?}", judged.upstreams);
        }
    }
    Ok(())
}

#[test]
fn what_is_said_to_be_only_ours_is() -> Result<()> {
    let both = Both::ready()?;
    let flags = |help: &str| -> BTreeSet<String> {
        let lines = help.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
        lines.map(|line| line.split([' ', '[', '=']).next().unwrap_or_default().to_owned()).collect()
    };
    let ours = flags(&both.ours.run(&["--help".to_owned()], &[])?.stdout);
    let mut upstreams = flags(&both.upstreams_help()?);
    upstreams.extend(SINCE.map(|(flag, _)| flag.to_owned()));
    let only_ours: BTreeSet<_> = ours.difference(&upstreams).map(String::as_str).collect();
    ensure!(only_ours == ONLY_OURS.iter().copied().collect(), "{only_ours:?}");
    Ok(())
}

#[test]
fn both_take_and_refuse_the_same_command_lines() -> Result<()> {
    let both = Both::ready()?;
    for (arguments, variables) in LINES {
        let owned = |text: &&str| (*text).to_owned();
        let arguments: Vec<String> = arguments.iter().map(owned).collect();
        let variables: Vec<_> = variables.iter().map(|(name, value)| (owned(name), owned(value))).collect();
        let judged = both.judge(&arguments, &variables)?;
        ensure!(judged.ours == judged.upstreams, "{arguments:?} {variables:?}: {judged:?}");
    }
    Ok(())
}

/// The output of `--version`, which scripts read, and its exit code.
#[test]
fn both_print_their_version_in_one_form() -> Result<()> {
    let both = Both::ready()?;
    for program in [&both.ours, &both.upstreams] {
        for (arguments, variables) in [
            (vec!["--version".to_owned()], vec![]),
            (vec![], vec![("SEALED_SECRETS_VERSION".into(), "true".into())]),
        ] {
            let ran = program.run(&arguments, &variables)?;
            let first = ran.stdout.lines().next().unwrap_or_default();
            let version = first.strip_prefix("controller version: ").unwrap_or_default();
            let third_word = version.split(' ').next().unwrap_or_default();
            ensure!(ran.code == 0 && third_word.contains('.'), "{ran:?}");
        }
    }
    let ours = both.ours.run(&["--version".to_owned()], &[])?.stdout;
    ensure!(ours.starts_with("controller version: v0.40.0 (sealed-secrets-controller v"), "{ours}");
    Ok(())
}

/// The keys by which a log pipeline selects lines, and the stream.
#[test]
fn log_lines_have_slogs_keys() -> Result<()> {
    let both = Both::ready()?;
    // With an unknown level, ours logs a warning, and upstream's logs that it starts.
    for program in [&both.ours, &both.upstreams] {
        let line = |arguments: &[&str]| -> Result<(Option<String>, Option<String>)> {
            let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
            let ran = program.run(&arguments, &[])?;
            let first =
                |text: &str, has: &str| text.lines().find(|line| line.contains(has)).map(str::to_owned);
            Ok((first(&ran.stdout, "INFO"), first(&ran.stderr, "level")))
        };
        let any = |(out, err): (Option<String>, Option<String>)| out.or(err).unwrap_or_default();
        let text = any(line(&["--log-level=WHAT"])?);
        ensure!(
            text.starts_with("time=2") && text.contains("Z level=") && text.contains(" msg=\""),
            "{text}"
        );
        let json = any(line(&["--log-level=WHAT", "--log-format=json"])?);
        let read: serde_json::Value = serde_json::from_str(&json)?;
        for key in ["time", "level", "msg"] {
            ensure!(read[key].is_string(), "no {key} in {json}");
        }
        let (out, _) = line(&["--log-info-stdout=false", "--log-level=WHAT"])?;
        ensure!(out.is_none(), "{out:?}");
    }
    Ok(())
}
