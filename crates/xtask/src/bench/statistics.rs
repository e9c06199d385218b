//! What raw numbers come to: medians, quantiles, distributions, and how one number grows with another.

use std::time::Duration;

/// To the microsecond: the JSON file holds no digits that say nothing.
pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e6
}

/// The value that the share `share` of the numbers does not exceed; none of no numbers.
pub(super) fn quantile(numbers: &[f64], share: f64) -> Option<f64> {
    let sorted = sorted(numbers);
    let rank = (share * as_f64(sorted.len())).ceil();
    // The rank is a whole number from 0 to the length.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank within the list")]
    let index = (rank as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(index).copied()
}

/// The middle one; of an even number the lower of the two.
pub(super) fn median(numbers: &[f64]) -> Option<f64> {
    quantile(numbers, 0.5)
}

/// For each number, the share of the numbers that do not exceed it.
pub(super) fn distribution(numbers: &[f64]) -> Vec<(f64, f64)> {
    let sorted = sorted(numbers);
    let count = as_f64(sorted.len());
    sorted.into_iter().enumerate().map(|(index, number)| (number, as_f64(index + 1) / count)).collect()
}

/// The exponent with which the second number grows from one point to the other: 1 is linear, 2 quadratic.
pub(super) fn exponent(from: (f64, f64), to: (f64, f64)) -> f64 {
    (to.1 / from.1).ln() / (to.0 / from.0).ln()
}

/// The line through points with the least squares: its value at 0, its slope, and the largest distance of a point from it, as a share
/// of the point's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub base: f64,
    pub slope: f64,
    pub residual: f64,
}

impl Line {
    pub(super) fn through(points: &[(f64, f64)]) -> Option<Self> {
        let count = as_f64(points.len());
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
        if spread <= 0.0 {
            return None;
        }
        let slope = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>() / spread;
        let base = slope.mul_add(-x, y);
        let off = points.iter().map(|point| ((slope.mul_add(point.0, base) - point.1) / point.1).abs());
        Some(Self { base, slope, residual: off.fold(0.0, f64::max) })
    }

    pub(super) const fn at(self, x: f64) -> f64 {
        self.base + self.slope * x
    }
}

/// Lossless below 2^53, which no count of anything here reaches.
#[expect(clippy::cast_precision_loss, reason = "counts of what was measured")]
pub(super) const fn as_f64(count: usize) -> f64 {
    count as f64
}

fn sorted(numbers: &[f64]) -> Vec<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_numbers_that_were_measured() {
        let numbers: Vec<_> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(quantile(&numbers, 0.5), Some(50.0));
        assert_eq!(quantile(&numbers, 0.99), Some(99.0));
        assert_eq!(quantile(&numbers, 1.0), Some(100.0));
        assert_eq!(quantile(&numbers, 0.0), Some(1.0));
        assert_eq!(median(&[9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_distribution_ends_at_one() {
        assert_eq!(distribution(&[3.0, 1.0]), [(1.0, 0.5), (3.0, 1.0)]);
        assert_eq!(distribution(&[]), []);
    }

    #[test]
    fn exponents_tell_linear_from_quadratic() {
        assert!((exponent((10.0, 2.0), (100.0, 20.0)) - 1.0).abs() < 1e-9);
        assert!((exponent((10.0, 2.0), (100.0, 200.0)) - 2.0).abs() < 1e-9);
        assert!(exponent((1.0, 5.0), (10.0, 5.0)).abs() < 1e-9);
    }

    #[test]
    fn a_line_says_how_far_its_points_are_from_it() {
        let line = Line::through(&[(1.0, 12.0), (2.0, 14.0), (4.0, 18.0)]).unwrap();
        assert!((line.base - 10.0).abs() < 1e-9 && (line.slope - 2.0).abs() < 1e-9);
        assert!(line.residual < 1e-9 && (line.at(10.0) - 30.0).abs() < 1e-9);
        let bent = Line::through(&[(1.0, 1.0), (2.0, 4.0), (3.0, 9.0)]).unwrap();
        assert!(bent.residual > 0.2);
        assert_eq!(Line::through(&[(1.0, 1.0)]), None);
    }
}
