//! Which keys are orphans, and which only seem to be.

use super::*;
use crate::commands::keys::usage::object_name::ObjectName;
use sealing::Predecessor;

fn key(digit: char) -> Fingerprint {
    digit.to_string().repeat(64).parse().unwrap()
}

fn seen(digit: char, not_before: i64, created: i64) -> KeyFacts {
    let at = |second| Timestamp::from_second(second).unwrap();
    let descent = Descent::First;
    KeyFacts {
        fingerprint: key(digit),
        created: at(created),
        not_before: at(not_before),
        active: true,
        is_plain: true,
        descent,
    }
}

fn follows(seen: &KeyFacts, before: char) -> KeyFacts {
    KeyFacts { descent: Descent::Of(key(before)), ..seen.clone() }
}

fn orphan_keys_of(keys: &[KeyFacts]) -> OrphanKeys {
    orphan_keys(keys, &BTreeSet::from([key('a'), key('b')]))
}

fn none() -> OrphanKeys {
    OrphanKeys::default()
}

fn doubtful(digits: &str) -> OrphanKeys {
    OrphanKeys { certain: None, doubtful: digits.chars().map(key).collect() }
}

#[test]
fn a_key_made_while_the_others_were_lost_is_an_orphan() {
    let f = || seen('f', 9_000, 9_000);
    let cases = [
        ("restored later", vec![seen('a', 1, 9_100), seen('b', 2, 9_100), f()], true),
        ("restored in the same second", vec![seen('a', 1, 9_000), seen('b', 2, 9_000), f()], true),
        ("one in the same second", vec![seen('a', 1, 9_000), seen('b', 2, 9_001), f()], true),
        ("followed in the same second", vec![seen('a', 1, 9_000), seen('b', 8_999, 9_000), f()], false),
        ("a predecessor was there", vec![seen('a', 1, 9_100), seen('b', 2, 2), f()], false),
        ("all were there", vec![seen('a', 1, 1), seen('b', 2, 2), f()], false),
        (
            "an older key, from elsewhere",
            vec![seen('a', 1, 9_100), seen('b', 5, 9_100), seen('f', 3, 9_000)],
            false,
        ),
        (
            "made by a slow machine",
            vec![seen('a', 1, 9_100), seen('b', 2, 9_100), seen('f', 8_950, 9_000)],
            true,
        ),
        ("alone", vec![f()], false),
        ("no other key", vec![seen('a', 1, 9_100)], false),
    ];
    for (name, keys, expected) in cases {
        let certain = expected.then(|| key('f'));
        assert_eq!(orphan_keys_of(&keys), OrphanKeys { certain, doubtful: Vec::new() }, "{name}");
    }
}

#[test]
fn a_key_is_no_orphan_in_doubt() {
    let back = || [seen('a', 1, 9_100), seen('b', 2, 9_100)];
    let f = || seen('f', 9_000, 9_000);
    let unknown = || KeyFacts { descent: Descent::Unknown, ..f() };
    let cases = [
        ("renewed a lost key", vec![follows(&f(), 'b')], none()),
        ("renewed its successor", vec![follows(&f(), 'e'), follows(&seen('e', 8_000, 8_000), 'a')], none()),
        ("one outlived the loss", vec![f(), seen('e', 1, 8_000)], none()),
        ("another came later", vec![f(), seen('e', 1, 9_050)], doubtful("f")),
        ("restored, from another backup", vec![seen('f', 8_000, 9_000)], doubtful("f")),
        ("a random name", vec![unknown()], doubtful("f")),
        ("was renewed itself", vec![f(), follows(&seen('e', 9_050, 9_050), 'f')], doubtful("ef")),
        ("renewed an unknown key", vec![follows(&f(), 'd')], doubtful("f")),
        ("in two Secrets", vec![f(), f()], OrphanKeys { certain: Some(key('f')), doubtful: Vec::new() }),
    ];
    for (name, others, expected) in cases {
        assert_eq!(orphan_keys_of(&[&back()[..], &others].concat()), expected, "{name}");
    }
}

#[test]
fn descent_is_read_from_names() {
    let of = |name: &str, origin| Descent::of(name, "p", origin, [key('0'), key('1')]);
    let named = |predecessor: &Predecessor, attempt| sealing::successor_name("p", predecessor, attempt);
    let first = Predecessor::None("text".into());
    assert_eq!(of(&named(&Predecessor::Key(key('1')), 0), Some("text")), Descent::Of(key('1')));
    assert_eq!(of(&named(&Predecessor::Key(key('0')), 3), None), Descent::Of(key('0')));
    assert_eq!(of(&named(&first, 0), Some("text")), Descent::First);
    assert_eq!(of(&named(&first, 2), Some("text")), Descent::First);
    assert_eq!(of(&named(&first, 0), Some("other")), Descent::Unknown);
    assert_eq!(of(&named(&first, 0), None), Descent::Unknown);
    assert_eq!(of(&named(&Predecessor::Key(key('2')), 0), Some("text")), Descent::Unknown);
    assert_eq!(of("pabcde", Some("text")), Descent::Unknown);
}

#[test]
fn what_serves_alone_goes_on_serving() {
    let out = |seen: KeyFacts| KeyFacts { active: false, ..seen };
    assert_eq!(
        orphan_keys_of(&[out(seen('a', 1, 100)), seen('f', 90, 90)]),
        none(),
        "those of the backup are retired"
    );
    assert_eq!(orphan_keys_of(&[seen('a', 1, 100), out(seen('f', 90, 90))]), none(), "it is out already");
}

#[test]
fn is_judged_by_what_is_sealed() {
    let it = |keys: &[char], unknown| KeyUsage {
        unstated: None,
        location: "ns/a".into(),
        object: ObjectName { namespace: Some("ns".into()), name: "a".into() },
        file: None,
        items: Vec::new(),
        keys: keys.iter().map(|digit| key(*digit)).collect(),
        opened_by: keys.iter().map(|digit| key(*digit)).collect(),
        named: BTreeSet::new(),
        unknown,
        is_placed: true,
    };
    let cases: [(&[KeyUsage], Verdict); 5] = [
        (&[], Verdict::Unneeded),
        (&[it(&['a'], false)], Verdict::Unneeded),
        (&[it(&['a'], false), it(&['a', 'f'], false)], Verdict::Needed),
        (&[it(&[], true)], Verdict::OpensNothing),
        (&[it(&[], true), it(&['f'], false)], Verdict::Needed),
    ];
    for (uses, expected) in cases {
        assert_eq!(judge(key('f'), uses), expected, "{uses:?}");
    }
}
