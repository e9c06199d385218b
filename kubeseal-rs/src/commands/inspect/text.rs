//! `render`: reports for people, aligned.

use crate::certificate::is_revoked;
use crate::commands::inspect::problem::Problem;
use crate::commands::inspect::report::{LiveState, SealedSecretReport, SealedWith};
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::paint::Paint;
use jiff::Timestamp;
use std::fmt::Write as _;

/// Room for the longest label.
const LABEL: usize = 14;

/// All reports, with an empty line between them.
pub(crate) fn render(reports: &[SealedSecretReport], paint: Paint, now: Timestamp) -> String {
    let texts: Vec<String> = reports.iter().map(|report| Page::of(report, paint, now)).collect();
    texts.join("\n")
}

/// The text of a report, as it grows.
struct Page {
    text: String,
    paint: Paint,
}

impl Page {
    fn of(report: &SealedSecretReport, paint: Paint, now: Timestamp) -> String {
        let mut page = Self { text: String::new(), paint };
        let name = report.name.as_deref().unwrap_or("(no name)");
        let name = match &report.namespace {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.to_owned(),
        };
        let location = paint.dim(&format!("{}, document {}", shown_path(&report.file), report.document));
        // Writing to a String cannot fail.
        let _ = writeln!(page.text, "{}  {location}", paint.bold(&format!("SealedSecret {}", shown(&name))));
        page.line("Scope", &scope(report));
        if let Some(type_) = &report.type_ {
            page.line("Type", &shown(type_));
        }
        if report.immutable == Some(true) {
            page.line("Immutable", "yes: to change it, delete the Secret");
        }
        page.certificate(&report.certificate, &report.problems, now);
        page.recipients(report);
        page.items(report);
        if let Some(cluster) = &report.cluster {
            page.cluster(cluster);
        }
        let (errors, notes): (Vec<_>, Vec<_>) =
            report.problems.iter().partition(|problem| problem.is_error());
        let lines = |problems: Vec<&Problem>| -> Vec<String> {
            problems.into_iter().map(|problem| shown(&problem.to_string())).collect()
        };
        let errors: Vec<String> = lines(errors).iter().map(|error| paint.bad(error)).collect();
        page.lines("Problems", &errors);
        page.lines("Notes", &lines(notes));
        page.text
    }

    fn line(&mut self, label: &str, text: &str) {
        let _ = writeln!(self.text, "  {label:<LABEL$}{text}");
    }

    /// Several lines, with the label before the first.
    fn lines(&mut self, label: &str, texts: &[String]) {
        for (index, text) in texts.iter().enumerate() {
            self.line(if index == 0 { label } else { "" }, text);
        }
    }

    fn certificate(&mut self, sealed: &SealedWith, problems: &[Problem], now: Timestamp) {
        let is_compromised = problems.contains(&Problem::Compromised);
        // Without its key, nothing reseals it.
        let is_lost = problems.iter().any(|problem| matches!(problem, Problem::Key(_)));
        let bits = sealed.key_bits.map(|bits| format!(" (RSA {bits})")).unwrap_or_default();
        let name = match &sealed.fingerprint {
            Some(fingerprint) => format!("{}{bits}", short(fingerprint)),
            None if sealed.by_item.is_empty() => format!("not recorded{bits}"),
            None => format!("not the same for all items{bits}"),
        };
        let newest = sealed.newest.as_deref().map(short).unwrap_or_default();
        let whose = match sealed.known_from {
            Some("cluster") => "the controller's newest",
            Some("kept") => "the newest that the controller gave us",
            _ => "the newest in --cert",
        };
        let verdict = match sealed.is_newest {
            Some(true) => self.paint.good(whose),
            Some(false) if sealed.newest_is_recipient => {
                self.paint.good(&format!("{whose}, {newest}, is among the recipients"))
            }
            // Sealing values again that others know would protect nothing.
            Some(false) if is_compromised || is_lost => self.paint.bad(&format!("not {whose}, {newest}")),
            Some(false) => self.paint.bad(&format!("not {whose}, {newest}; reseal it")),
            None if is_compromised => self.paint.bad("its key was revoked"),
            None if sealed.known_from.is_some() => format!("it may be {whose}, {newest}"),
            None => "compare with --cert FILE, or with --live".into(),
        };
        self.line("Certificate", &format!("{name}: {verdict}"));
        for (key, items) in &sealed.by_item {
            let named = items.iter().map(|item| shown(item)).collect::<Vec<_>>().join(", ");
            let items = if items.is_empty() { "some items".to_owned() } else { named };
            let is_revoked = key.parse().is_ok_and(is_revoked);
            let leak = if is_revoked { self.paint.bad(", whose key was revoked") } else { String::new() };
            self.line("", &format!("{items}: {}{leak}", short(key)));
        }
        let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
        if let (Some(from), Some(until)) = (sealed.not_before, sealed.not_after) {
            let days = now.duration_since(from).as_hours() / 24;
            let age = match days {
                ..=0 => "today".to_owned(),
                1 => "yesterday".to_owned(),
                days => format!("{days} days ago"),
            };
            let end = if until < now { "expired" } else { "expires" };
            self.line("", &format!("made {} ({age}), {end} {}", day(from), day(until)));
        }
        if let (Some(fetched), Some(from)) = (sealed.first_fetched, &sealed.fetched_from) {
            self.line("", &format!("first fetched {} from {}", day(fetched), shown(from)));
        }
    }

    /// The recipients beside the first are in the annotation, which may say anything.
    fn recipients(&mut self, report: &SealedSecretReport) {
        let recipients: Vec<String> = report
            .recipients
            .iter()
            .map(|recipient| {
                let certificate = recipient.certificate.as_deref().map(short);
                let key = certificate.or_else(|| recipient.age.clone()).unwrap_or_default();
                let name =
                    recipient.cluster.as_ref().map_or(key.clone(), |cluster| format!("{cluster} ({key})"));
                let items = if recipient.items.len() == report.items.len() {
                    "all items".to_owned()
                } else {
                    recipient.items.iter().map(|item| shown(item)).collect::<Vec<_>>().join(", ")
                };
                format!("{name}: {items}")
            })
            .collect();
        self.lines("Recipients", &recipients);
    }

    fn items(&mut self, report: &SealedSecretReport) {
        let names = report
            .items
            .iter()
            .map(|item| &item.key)
            .chain(report.template_data.iter().map(|item| &item.key));
        let width = names.map(|name| shown(name).chars().count()).max().unwrap_or_default();
        let items: Vec<String> = report
            .items
            .iter()
            .map(|item| {
                let size = match item.size {
                    Some(1) => "1 byte".to_owned(),
                    Some(size) => format!("{size} bytes"),
                    None => self.paint.bad("damaged"),
                };
                format!("{:<width$}  {size}", shown(&item.key))
            })
            .collect();
        self.lines("Items", &items);
        let template: Vec<String> = report
            .template_data
            .iter()
            .map(|item| {
                let kind = if item.is_template { "template" } else { "plain text" };
                format!("{:<width$}  {kind}", shown(&item.key))
            })
            .collect();
        self.lines("Template", &template);
    }

    fn cluster(&mut self, state: &LiveState) {
        let mut lines = vec![self.synced(state)];
        if let Some(message) = &state.compromised {
            lines.insert(0, self.paint.bad(&format!("COMPROMISED: {}", shown(message))));
        }
        if let (true, Some(generation)) = (state.exists, state.generation)
            && state.observed_generation != Some(generation)
        {
            let seen = state.observed_generation.map_or_else(|| "none".into(), |seen| seen.to_string());
            lines.push(self.paint.bad(&format!(
                "the controller has not processed the latest change: generation {generation}, processed {seen}"
            )));
        }
        if state.same_items == Some(false) {
            let difference = if state.same_names {
                "other ciphertext for the same items: this file is not applied yet, or another one was since"
            } else {
                "other items: this file is not applied yet, or another one was since"
            };
            lines.push(self.paint.bad(&format!("the cluster has {difference}")));
        }
        lines.push(self.paint.dim(&shown(&state.server)));
        self.lines("Cluster", &lines);
    }

    fn synced(&self, state: &LiveState) -> String {
        let message =
            state.message.as_deref().map(|message| format!(": {}", shown(message))).unwrap_or_default();
        match state.synced.as_deref() {
            _ if !state.exists => self
                .paint
                .bad(&format!("not there: no such SealedSecret in namespace {}", shown(&state.namespace))),
            Some("True") => self.paint.good(&format!("synced{message}")),
            Some("False") => self.paint.bad(&format!("not synced{message}")),
            Some(_) => self.paint.bad(&format!("not known to be synced{message}")),
            None => self
                .paint
                .bad("the controller says nothing about it yet; is it running, and watching this namespace?"),
        }
    }
}

fn scope(report: &SealedSecretReport) -> String {
    let bound = shown(&report.bound_to);
    if !report.items.is_empty() && report.items.iter().all(|item| item.size.is_none()) {
        return format!("{}: none of its items opens anywhere", report.scope);
    }
    let is_renamed = report.problems.iter().any(|problem| matches!(problem, Problem::Renamed { .. }));
    if report.scope != "cluster-wide" && (is_renamed || report.lacks_place()) {
        let what =
            if report.scope == "strict" { "under the name and in the namespace" } else { "in the namespace" };
        return format!("{}: opens only {what} that it was sealed for", report.scope);
    }
    match report.scope {
        "cluster-wide" => "cluster-wide: opens under any name, anywhere in its cluster".into(),
        "namespace-wide" => {
            let namespace = bound.strip_suffix("/*").unwrap_or(&bound);
            format!("namespace-wide: opens under any name in namespace {namespace}")
        }
        _ => format!("strict: opens only as {bound}"),
    }
}

fn short(fingerprint: &str) -> String {
    fingerprint.chars().take(12).collect()
}
