//! The table, as users see it.

use super::*;
use crate::commands::keys::list::keeping::{Form, Slot};

fn line(digit: char, state: &'static str, newest: bool, files: Option<usize>) -> Line {
    let at = |text: &str| text.parse().ok();
    Line {
        fingerprint: (state != "unusable").then(|| digit.to_string().repeat(64)),
        secret: format!("sealed-secrets-key{digit}"),
        state,
        newest,
        created: at("2026-02-01T10:00:00Z"),
        not_before: at("2026-01-01T10:00:00Z"),
        not_after: at("2036-01-01T10:00:00Z"),
        backed_up: at("2026-03-01T10:00:00Z").filter(|_| newest),
        cluster: (digit != 'b').then_some(12),
        files,
        kept: (state != "unusable").then(|| Keeping {
            form: Form::Plain,
            escrow_copies: Vec::new(),
            unproven_copies: Vec::new(),
            wrapped: None,
        }),
        problem: (state == "unusable").then(|| "it has no tls.key".into()),
    }
}

fn render_narrow(listing: &Listing, paint: Paint) -> String {
    render(listing, false, paint)
}

fn listing(keys: Vec<Line>, unknown: &[&str]) -> Listing {
    let unknown = unknown.iter().map(ToString::to_string).collect();
    let with_files = keys.iter().any(|key| key.files.is_some());
    let (server, namespace) = ("https://x".into(), "kube-system".into());
    Listing { server, namespace, keys, unknown, with_files, not_looked_into: Vec::new() }
}

#[test]
fn columns_are_as_wide_as_they_need_to_be() {
    let keys = vec![
        line('a', "active", true, Some(3)),
        line('b', "retired", false, Some(0)),
        line('c', "unusable", false, Some(0)),
    ];
    let text = render_narrow(&listing(keys, &["shop/db"]), Paint::none());
    let expected = "\
FINGERPRINT   STATE           KEPT   CREATED     VALID FROM  VALID UNTIL  BACKED UP   CLUSTER  FILES  SECRET
aaaaaaaaaaaa  active, newest  plain  2026-02-01  2026-01-01  2036-01-01   2026-03-01  12       3      sealed-secrets-keya
bbbbbbbbbbbb  retired         plain  2026-02-01  2026-01-01  2036-01-01   no          ?        0      sealed-secrets-keyb
?             unusable        ?      2026-02-01  2026-01-01  2036-01-01   no          12       0      sealed-secrets-keyc

Secret kube-system/sealed-secrets-keyc is unusable: it has no tls.key

1 SealedSecret does not say which key opened it, and may need any of these:
  shop/db
";
    assert_eq!(text, expected);
}

#[test]
fn the_files_column_appears_where_files_are_given() {
    let text = render_narrow(&listing(vec![line('a', "active", true, None)], &[]), Paint::none());
    assert!(!text.contains("FILES") && text.lines().count() == 2, "{text}");
    let text = render_narrow(&listing(Vec::new(), &[]), Paint::none());
    assert!(text.starts_with("There is no sealing key in namespace kube-system of https://x.\n"), "{text}");
    assert!(text.contains("` restores a backup") && text.lines().count() == 2, "{text}");
}

#[test]
fn what_could_not_be_counted_is_not_nothing() {
    let keys = vec![line('a', "active", true, None)];
    let listing = Listing { with_files: true, not_looked_into: vec!["x: gone".into()], ..listing(keys, &[]) };
    let text = render_narrow(&listing, Paint::none());
    assert!(text.contains("CLUSTER  FILES  SECRET\n") && text.contains("  12       ?      sealed"), "{text}");
}

#[test]
fn colours_move_nothing() {
    let keys = || vec![line('a', "active", true, None), line('b', "compromised", false, None)];
    let plain = render_narrow(&listing(keys(), &[]), Paint::none());
    let painted = render_narrow(&listing(keys(), &[]), Paint::full());
    let mut bare = String::new();
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once('\x1b') {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    bare.push_str(rest);
    assert_eq!(bare, plain);
}

#[test]
fn how_a_key_is_kept_is_a_word_and_in_a_wide_table_all_that_it_says() {
    let slot = |uri: &str, provider, unbound| Slot { uri: uri.into(), provider, key_id: "1".into(), unbound };
    let slots = vec![
        slot("kmsv2:unix:///run/kms.sock", "kmsv2", Some(true)),
        slot(&format!("x\u{1b}[2J{}", "y".repeat(300)), "unknown", Some(false)),
    ];
    let mut keys = vec![line('a', "active", true, None), line('b', "active", false, None)];
    let wrapped = Wrapped {
        cluster_name: "prod".into(),
        since: "2026-01-02T03:04:05Z".parse().unwrap(),
        warnings: Vec::new(),
        kinds: "kmsv2, unknown".into(),
        slots,
    };
    keys[0].kept = Some(Keeping {
        form: Form::Wrapped,
        escrow_copies: Vec::new(),
        unproven_copies: Vec::new(),
        wrapped: Some(wrapped),
    });
    keys[1].kept = Some(Keeping {
        form: Form::Plain,
        escrow_copies: vec!["copy".into()],
        unproven_copies: Vec::new(),
        wrapped: None,
    });
    let listing = listing(keys, &[]);
    let narrow = render(&listing, false, Paint::none());
    assert!(
        narrow.contains("  wrapped: kmsv2, unknown  ") && narrow.contains("  plain + escrow  "),
        "{narrow}"
    );
    assert!(!narrow.contains("prod"), "{narrow}");
    let wide = render(&listing, true, Paint::none());
    let lines: Vec<&str> = wide.lines().collect();
    assert!(
        lines[0].ends_with("SECRET               WRAPPED FOR  SINCE                 PROVIDERS"),
        "{wide}"
    );
    let uris = format!("kmsv2:unix:///run/kms.sock (unbound), x\\u{{1b}}[2J{}…", "y".repeat(195));
    assert!(lines[1].ends_with(&format!("  prod         2026-01-02T03:04:05Z  {uris}")), "{wide}");
    assert!(lines[2].ends_with("sealed-secrets-keyb  -            -                     -"), "{wide}");
}
