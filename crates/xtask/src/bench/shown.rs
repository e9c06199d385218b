//! Numbers as people read them.

use super::numbers::Curve;
use super::statistics::as_f64;

pub(super) fn kib_in_mib(kib: Option<u64>) -> f64 {
    kib.and_then(|kib| u32::try_from(kib).ok()).map_or(f64::NAN, f64::from) / 1024.0
}

pub(super) fn bytes_in_mib(bytes: usize) -> f64 {
    as_f64(bytes) / (1024.0 * 1024.0)
}

pub(super) fn mib(kib: u64) -> String {
    format!("{:.1} MiB", kib_in_mib(Some(kib)))
}

pub(super) fn significant(number: f64) -> String {
    match number.abs() {
        size if size >= 1_000.0 => thousands(number),
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

pub(super) fn ratio(larger: f64, smaller: f64) -> String {
    format!("{:.1}x", larger / smaller)
}

pub(super) fn rate(rate: f64) -> String {
    if rate >= 100.0 { format!("{}/s", thousands(rate)) } else { format!("{rate:.1}/s") }
}

pub(super) fn time(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.2} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
}

/// A number on a curve's axis.
pub(super) fn amount(x: f64, curve: Curve) -> String {
    if curve == Curve::Values && x >= 1024.0 {
        format!("{} KiB", thousands(x / 1024.0))
    } else {
        thousands(x)
    }
}

/// `12,345`
pub(super) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_people_read_them() {
        assert_eq!(thousands(1_234_567.0), "1,234,567");
        assert_eq!(thousands(999.6), "1,000");
        assert_eq!(time(0.0015), "1.50 ms");
        assert_eq!(time(12.345), "12.35 s");
        assert_eq!(rate(33.333), "33.3/s");
        assert_eq!(amount(65_536.0, Curve::Values), "64 KiB");
    }
}
