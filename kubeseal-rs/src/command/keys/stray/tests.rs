//! Which keys are stray, and which only look like it.

use super::*;

fn key(digit: char) -> Fingerprint {
    digit.to_string().repeat(64).parse().unwrap()
}

fn seen(digit: char, not_before: i64, created: i64) -> Seen {
    let at = |second| Timestamp::from_second(second).unwrap();
    Seen { fingerprint: key(digit), created: at(created), not_before: at(not_before), active: true }
}

fn strays_of(keys: &[Seen]) -> Vec<Fingerprint> {
    let found = strays(keys, &BTreeSet::from([key('a'), key('b')]));
    found.iter().map(|key| key.fingerprint).collect()
}

#[test]
fn a_key_made_while_the_others_were_away_is_stray() {
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
        (
            "restored, from another backup",
            vec![seen('a', 1, 9_100), seen('b', 2, 9_100), seen('f', 8_000, 9_000)],
            false,
        ),
        ("alone", vec![f()], false),
        ("no other key", vec![seen('a', 1, 9_100)], false),
    ];
    for (name, keys, expected) in cases {
        assert_eq!(strays_of(&keys), if expected { vec![key('f')] } else { Vec::new() }, "{name}");
    }
}

#[test]
fn what_serves_alone_goes_on_serving() {
    let out = |seen: Seen| Seen { active: false, ..seen };
    assert_eq!(
        strays_of(&[out(seen('a', 1, 100)), seen('f', 90, 90)]),
        [],
        "those of the backup are retired"
    );
    assert_eq!(strays_of(&[seen('a', 1, 100), out(seen('f', 90, 90))]), [], "it is out already");
}

#[test]
fn is_judged_by_what_is_sealed() {
    let it = |keys: &[char], unknown| Use {
        place: "ns/a".into(),
        items: Vec::new(),
        keys: keys.iter().map(|digit| key(*digit)).collect(),
        unknown,
    };
    let cases: [(&[Use], Verdict); 5] = [
        (&[], Verdict::Unneeded),
        (&[it(&['a'], false)], Verdict::Unneeded),
        (&[it(&['a'], false), it(&['a', 'f'], false)], Verdict::Needed),
        (&[it(&[], true)], Verdict::OpensNothing),
        (&[it(&[], true), it(&['f'], false)], Verdict::Needed),
    ];
    for (uses, expected) in cases {
        assert_eq!(judge(&seen('f', 9_000, 9_001), uses), expected, "{uses:?}");
    }
    // Made by a slow machine, or made elsewhere and restored at once: it is not deleted.
    let doubtful = seen('f', 9_000, 9_020);
    assert_eq!(judge(&doubtful, &[it(&['a'], false)]), Verdict::PerhapsRestored);
    assert_eq!(judge(&doubtful, &[it(&['f'], false)]), Verdict::Needed);
}
