//! The rate of a key: a token bucket, which is full at first, so that as many requests as the rate
//! names can come at once, and is filled again evenly.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// A number of requests per second, minute or hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    requests: NonZeroU32,
    per: Per,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Per {
    Second,
    Minute,
    Hour,
}

/// Text that isn't a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is no rate; examples are 10/second, 600/minute, 5000/hour")]
pub struct RateError {
    /// The text.
    pub given: String,
}

impl Per {
    const ALL: [Per; 3] = [Per::Second, Per::Minute, Per::Hour];

    fn name(self) -> &'static str {
        match self {
            Per::Second => "second",
            Per::Minute => "minute",
            Per::Hour => "hour",
        }
    }

    fn seconds(self) -> f64 {
        match self {
            Per::Second => 1.0,
            Per::Minute => 60.0,
            Per::Hour => 3_600.0,
        }
    }
}

impl Default for Rate {
    /// More than a person asks, search as you type included.
    fn default() -> Self {
        Rate { requests: NonZeroU32::new(600).expect("600 is not 0"), per: Per::Minute }
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let wrong = || RateError { given: text.to_owned() };
        let (requests, per) = text.split_once('/').ok_or_else(wrong)?;
        let requests = requests.parse().map_err(|_| wrong())?;
        let per = Per::ALL.into_iter().find(|unit| unit.name() == per).ok_or_else(wrong)?;
        Ok(Rate { requests, per })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.requests, self.per.name())
    }
}

/// The requests that a key may still make.
#[derive(Debug)]
pub(super) struct Bucket {
    left: f64,
    at: Option<Instant>,
}

impl Bucket {
    pub(super) fn full(rate: Rate) -> Self {
        Bucket { left: f64::from(rate.requests.get()), at: None }
    }

    /// Takes a request, or returns the time until there is one.
    pub(super) fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        let most = f64::from(rate.requests.get());
        let each_second = most / rate.per.seconds();
        let since = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        self.left = (self.left + since.as_secs_f64() * each_second).min(most);
        self.at = Some(now);
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - self.left) / each_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_they_are_written() {
        for text in ["10/second", "600/minute", "5000/hour"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for wrong in ["", "10", "0/second", "10/day", "-1/hour", "1.5/second", "/second"] {
            let error = wrong.parse::<Rate>().unwrap_err();
            assert_eq!(error.given, wrong);
        }
        assert_eq!(Rate::default().to_string(), "600/minute");
    }

    #[test]
    fn a_bucket_empties_and_fills_evenly() {
        let rate: Rate = "60/minute".parse().unwrap();
        let (mut bucket, start) = (Bucket::full(rate), Instant::now());
        for _ in 0..60 {
            bucket.take(rate, start).unwrap();
        }
        let wait = bucket.take(rate, start).unwrap_err();
        assert!((wait.as_secs_f64() - 1.0).abs() < 1e-6, "{wait:?}");
        assert!(bucket.take(rate, start + Duration::from_millis(900)).is_err());
        bucket.take(rate, start + Duration::from_millis(1_001)).unwrap();
        assert!(bucket.take(rate, start + Duration::from_millis(1_002)).is_err());
        // It never holds more than the rate.
        let later = start + Duration::from_secs(3_600);
        assert_eq!((0..100).filter(|_| bucket.take(rate, later).is_ok()).count(), 60);
    }
}
