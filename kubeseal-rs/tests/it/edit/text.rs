//! What the editor shows, and which parts of its text are sealed anew or written.

use super::desk::{Desk, line};
use std::fs;

#[test]
fn what_is_shown_is_a_secret_without_values() {
    let desk = Desk::new();
    let output =
        desk.edit(&format!("ls -ld \"$(dirname \"$1\")\" \"$1\" > '{}'", desk.path("listing").display()));
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().ends_with("nothing was changed\n"));
    let seen = fs::read_to_string(desk.path("seen")).unwrap();
    assert!(seen.contains("  password: <sealed>\n  user: <sealed>\n"), "{seen}");
    for part in [
        "kind: Secret",
        "name: db",
        "namespace: shop",
        "tier: back",
        "a: b",
        "type: Opaque",
        "# Scope: strict",
    ] {
        assert!(seen.contains(part), "no {part} in:\n{seen}");
    }
    assert!(!seen.contains("hunter2") && !seen.contains("encryptedData"));
    let listing = fs::read_to_string(desk.path("listing")).unwrap();
    let mut lines = listing.lines();
    assert!(lines.next().unwrap().starts_with("drwx------"), "{listing}");
    assert!(lines.next().unwrap().starts_with("-rw-------"), "{listing}");
    assert!(listing.contains("/memory/"), "{listing}");
}

#[test]
fn only_what_was_changed_is_sealed() {
    let desk = Desk::new();
    let before = desk.text();
    let output = desk
        .edit(r#"sed -i 's/  user: .*/  user: hunter2-new\n  more: "a: b"/; s/tier: back/tier: "5"/' "$1""#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    assert_eq!(line(&after, "password:"), line(&before, "password:"));
    assert_ne!(line(&after, "user:"), line(&before, "user:"));
    assert!(after.starts_with("# first\nkind: Other\n---\n") && after.ends_with("# last\n"), "{after}");
    assert!(after.contains("  encryptedData: # ours\n") && !after.contains("hunter2"), "{after}");
    assert_eq!(after.lines().count(), before.lines().count() + 1);
    let opened = desk.opened();
    assert_eq!(opened["data"]["password"], "aHVudGVyMi1vbGQ=");
    assert_eq!(opened["data"]["user"], "aHVudGVyMi1uZXc=");
    assert_eq!(opened["data"]["more"], "YTogYg==");
    assert_eq!(opened["metadata"]["labels"]["tier"], "5");
}

#[test]
fn items_and_plain_parts_are_taken_out() {
    let desk = Desk::new();
    let before = desk.text();
    let output = desk.edit(r#"sed -i '/  user: /d; /^type: /d; s/a: b$/a: c/' "$1""#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    assert!(!after.contains("user:") && !after.contains("type:"), "{after}");
    assert_eq!(line(&after, "password:"), line(&before, "password:"));
    assert_eq!(desk.opened()["metadata"]["annotations"]["a"], "c");
}

#[test]
fn plain_parts_are_shown_and_written() {
    let desk = Desk::new();
    let before = desk.text();
    let template = "  template:\n    immutable: true # for good\n    data:\n      # Rendered.\n      conf: |\n        host=db\n        \
                    password={{ .password }}\n      gone: x\n";
    let list = "    metadata:\n      finalizers:\n      - example.com/one # first\n";
    let text = before.replace("  template:\n", template).replace("    metadata:\n", list);
    fs::write(desk.file(), &text).unwrap();
    let output = desk.edit("true");
    assert!(output.status.success() && desk.text() == text);
    let seen = fs::read_to_string(desk.path("seen")).unwrap();
    for part in [
        "immutable: true\n",
        "finalizers:\n",
        "- example.com/one\n",
        "templateData:\n  conf: |\n    host=db\n    password={{ .password }}\n  gone: x",
    ] {
        assert!(seen.contains(part), "no {part} in:\n{seen}");
    }

    let output = desk.edit(
        r#"sed -i 's/^immutable: true/immutable: false/; s/host=db/host=other\n    port=1/; /  gone: x/d; s|example.com/one|example.com/two|' "$1"
        echo '  new: "{{ .user }}"' >> "$1""#,
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    for part in [
        "    immutable: false # for good\n    data:\n      # Rendered.\n      conf: |\n        host=other\n        port=1\n        \
         password={{ .password }}\n      new: \"{{ .user }}\"\n",
        "finalizers: [\"example.com/two\"]\n",
    ] {
        assert!(after.contains(part), "no {part} in:\n{after}");
    }
    assert!(!after.contains("gone") && !after.contains("example.com/one"), "{after}");
    for key in ["password:", "user:"] {
        assert_eq!(line(&after, key), line(&before, key));
    }
    let output =
        desk.edit(r#"sed -i '/^immutable/d; /^templateData/,$d; /finalizers/d; /example.com/d' "$1""#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    assert!(
        !after.contains("immutable") && !after.contains("conf") && !after.contains("finalizers"),
        "{after}"
    );
}

/// A `null` is not an empty text: it removes the sealed value of that name from the Secret.
#[test]
fn a_null_in_template_data_stays_and_can_be_written() {
    let desk = Desk::new();
    let with_null = desk.text().replace("  template:\n", "  template:\n    data:\n      password: null\n");
    assert!(with_null.contains("password: null"), "{with_null}");
    fs::write(desk.file(), &with_null).unwrap();
    assert!(desk.edit("true").status.success());
    assert_eq!(desk.text(), with_null);
    let seen = fs::read_to_string(desk.path("seen")).unwrap();
    assert!(seen.contains("templateData:\n  password: null"), "{seen}");
    let output =
        desk.edit(r#"sed -i '/^templateData/,$d' "$1"; printf 'templateData:\n  user: null\n' >> "$1""#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    assert!(after.contains("      user: null\n") && !after.contains("password: null"), "{after}");
}

#[test]
fn the_fingerprint_changes_once_every_item_is_sealed_anew() {
    let desk = Desk::new();
    let fingerprint = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";
    fs::write(desk.file(), desk.text().replace(fingerprint, &"0a".repeat(32))).unwrap();
    desk.edit(r#"sed -i 's/tier: back/tier: front/' "$1""#);
    assert!(desk.text().contains(&"0a".repeat(32)));
    // One annotation cannot name two certificates: another says which items are sealed with which.
    desk.edit(r#"sed -i 's/  user: .*/  user: new/' "$1""#);
    assert!(!desk.text().contains("certificate-fingerprint"));
    let by_item = format!(r#"{{"{}":["password"],"{fingerprint}":["user"]}}"#, "0a".repeat(32));
    assert!(desk.text().replace('\\', "").contains(&by_item), "{}", desk.text());
    let mixed = desk.text();
    desk.edit(r#"sed -i '/  password: /d' "$1""#);
    let one = format!("certificate-fingerprint: \"{fingerprint}\"");
    assert!(desk.text().contains(&one) && !desk.text().contains("item-certificates"), "{}", desk.text());
    fs::write(desk.file(), mixed).unwrap();
    let output = desk.edit(r#"sed -i 's/<sealed>$/new/' "$1""#);
    assert!(
        desk.text().contains(&one) && !desk.text().contains("item-certificates"),
        "{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        desk.text()
    );
}

#[test]
fn what_values_are_bound_to_stays() {
    let desk = Desk::new();
    desk.refused(
        r#"sed -i 's/name: db/name: hunter2/' "$1""#,
        &["the name was changed", "bound", "move FILE --to-name NAME`"],
    );
    desk.refused(
        r#"sed -i 's/namespace: shop/namespace: x/' "$1""#,
        &["the namespace was changed", "move FILE --to-namespace NAMESPACE`"],
    );
    desk.refused(
        r#"sed -i 's|    a: b|    sealedsecrets.bitnami.com/cluster-wide: "true"|' "$1""#,
        &["the scope was changed", "scope strict"],
    );
    desk.refused(r#"sed -i 's/  user:/  name:/' "$1""#, &["item \"name\" is to keep", "cannot be renamed"]);
    desk.refused(
        r#"printf -- '---\nmetadata: {name: c}\nstringData: {a: hunter2}\n' >> "$1""#,
        &["2 Secrets", "1 SealedSecrets"],
    );
    desk.refused(r#"sed -i 's/  name: db/  name: db\n  generateName: hunter2/' "$1""#, &["generateName"]);
    desk.refused(r#"echo 'templatedata: {a: hunter2}' >> "$1""#, &["spelt templateData"]);
}
