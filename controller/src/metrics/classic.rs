//! [`classic`]: converts `OpenMetrics` text to Prometheus' older text format (0.0.4), for clients that do not accept
//! the newer one. Upstream's controller answers in it too.
//!
//! In the older format, the description of a metric has the whole name of its samples, and there is no type `info`.

use std::borrow::Cow;

/// Converts the text of `prometheus-client`: for each metric the help, then the type, then the samples.
pub(crate) fn classic(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| *line != "# EOF").collect();
    let mut classic = String::with_capacity(text.len());
    for (at, line) in lines.iter().enumerate() {
        classic.push_str(&described(line, lines.get(at + 1).copied()));
        classic.push('\n');
    }
    classic
}

fn described<'a>(line: &'a str, next: Option<&str>) -> Cow<'a, str> {
    if let Some(rest) = line.strip_prefix("# HELP ")
        && let Some((name, help)) = rest.split_once(' ')
        && let Some((typed, kind)) = next.and_then(type_of)
        && typed == name
    {
        return format!("# HELP {name}{} {help}", suffix(kind)).into();
    }
    match type_of(line) {
        Some((name, "info")) => format!("# TYPE {name}_info gauge").into(),
        Some((name, kind)) => format!("# TYPE {name}{} {kind}", suffix(kind)).into(),
        None => line.into(),
    }
}

fn type_of(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("# TYPE ")?.split_once(' ')
}

/// What follows a metric's name in the names of its samples.
fn suffix(kind: &str) -> &'static str {
    match kind {
        "counter" => "_total",
        "info" => "_info",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;
    use std::time::Duration;

    #[test]
    fn descriptions_bear_the_names_of_their_samples() {
        let metrics = Metrics::new(true);
        let named_eof = serde_json::json!({ "metadata": { "namespace": "# EOF", "uid": "u" } });
        let named_eof = serde_json::from_value(named_eof).unwrap();
        metrics.observe_request("/healthz".into(), "GET", 200, Duration::from_millis(1));
        metrics.objects.count_error(&named_eof, "unseal");
        let open = metrics.text().unwrap();
        let classic = classic(&open);
        for line in [
            "# HELP sealed_secrets_controller_build_info The running version.",
            "# TYPE sealed_secrets_controller_build_info gauge",
            "# HELP sealed_secrets_controller_unseal_requests_total Tries to unseal a SealedSecret.",
            "# TYPE sealed_secrets_controller_unseal_requests_total counter",
            "# TYPE sealed_secrets_controller_leader gauge",
            "# TYPE sealed_secrets_controller_http_request_duration_seconds histogram",
        ] {
            assert!(classic.lines().any(|it| it == line), "no {line}:\n{classic}");
        }
        assert!(!classic.contains(" info\n") && !classic.ends_with("# EOF\n"));
        let samples = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
        };
        assert_eq!(samples(&classic), samples(&open));
    }
}
