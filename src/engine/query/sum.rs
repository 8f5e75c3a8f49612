//! Sums: of integers exact, of floats compensated.

use crate::engine::value::Number;

/// A sum of floats, compensated as by A. Neumaier (1974): exact but for the last roundings.
#[derive(Debug, Clone, Copy, Default)]
struct Compensated {
    sum: f64,
    compensation: f64,
}

impl Compensated {
    #[inline]
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.compensation += if self.sum.abs() >= value.abs() {
            (self.sum - sum) + value
        } else {
            (value - sum) + self.sum
        };
        self.sum = sum;
    }

    fn total(&self) -> f64 {
        self.sum + self.compensation
    }
}

/// The sum of a group's numbers. There may be as many as there are groups, so the integers' 128 bits are kept in
/// halves, which need less alignment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    low: u64,
    high: i64,
    floats: Compensated,
    has_floats: bool,
}

impl Sum {
    #[inline]
    pub(super) fn add(&mut self, number: Number) {
        match number {
            // 2^32 records of 64 bits each stay below 128 bits.
            Number::Integer(value) => {
                let sum = self.integers().wrapping_add(value);
                (self.low, self.high) = (sum as u64, (sum >> 64) as i64);
            }
            Number::Float(value) => {
                self.floats.add(value);
                self.has_floats = true;
            }
        }
    }

    #[inline]
    fn integers(&self) -> i128 {
        i128::from(self.high) << 64 | i128::from(self.low)
    }

    /// The sum; `None` if it is an integer out of the contract's range, or a double that is not finite.
    pub(super) fn total(&self) -> Option<Number> {
        if self.has_floats {
            return self.double().map(Number::Float);
        }
        let sum = self.integers();
        let is_in_range = (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&sum);
        is_in_range.then_some(Number::Integer(sum))
    }

    /// The mean of so many numbers; `None` if their sum is a double that is not finite.
    pub(super) fn mean(&self, count: u64) -> Option<f64> {
        self.double().map(|sum| sum / count as f64)
    }

    fn double(&self) -> Option<f64> {
        let integers = self.integers();
        let rounded = integers as f64;
        let mut sum = self.floats;
        sum.add(rounded);
        // What the double could not hold of the integers.
        sum.add(integers.wrapping_sub(rounded as i128) as f64);
        Some(sum.total()).filter(|sum| sum.is_finite())
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use super::*;

    fn sum(numbers: &[&str]) -> Sum {
        let mut sum = Sum::default();
        numbers
            .iter()
            .for_each(|text| sum.add(Number::read(text.as_bytes())));
        sum
    }

    fn integer(numbers: &[&str]) -> Option<i128> {
        match sum(numbers).total() {
            Some(Number::Integer(sum)) => Some(sum),
            None => None,
            Some(Number::Float(sum)) => panic!("{sum}"),
        }
    }

    fn float(numbers: &[&str]) -> Option<f64> {
        match sum(numbers).total() {
            Some(Number::Float(sum)) => Some(sum),
            None => None,
            Some(Number::Integer(sum)) => panic!("{sum}"),
        }
    }

    #[test]
    fn integers_are_summed_exactly() {
        let (max, min) = ("18446744073709551615", "-9223372036854775808");
        assert_eq!(integer(&[]), Some(0));
        assert_eq!(integer(&[max]), Some(u64::MAX.into()));
        assert_eq!(integer(&[max, "1"]), None);
        assert_eq!(integer(&[max, "1", "-1"]), Some(u64::MAX.into()));
        assert_eq!(integer(&[min]), Some(i64::MIN.into()));
        assert_eq!(integer(&[min, "-1"]), None);
        assert_eq!(integer(&[min, min, max, "2"]), Some(1));
        assert_eq!(integer(&["-1", "-1", "1"]), Some(-1));
    }

    #[test]
    fn floats_are_compensated() {
        assert_eq!(float(&["1.0", "1e100", "1.0", "-1e100"]), Some(2.0));
        assert_eq!(float(&["0.1"; 10]), Some(1.0));
        assert_eq!(float(&["1e308", "1e308"]), None);
        assert_eq!(float(&["-0.0"]).map(f64::to_bits), Some(0));
        assert_eq!(float(&["1", "0.5"]), Some(1.5));
        // Alone, the integers' sum would lose its last digit.
        assert_eq!(
            float(&["9007199254740993", "-9007199254740992.0"]),
            Some(1.0)
        );
    }

    #[test]
    fn means_are_doubles() {
        assert_eq!(sum(&["1", "2"]).mean(2), Some(1.5));
        assert_eq!(
            sum(&["18446744073709551615"; 2]).mean(2),
            Some(2_f64.powi(64))
        );
        assert_eq!(sum(&["1e308", "1e308"]).mean(2), None);
    }
}
