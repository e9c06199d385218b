//! [`RenderRate`]: how often one sealed value may be asked about. No clock: the time is an argument.
//!
//! A person who may edit a SealedSecret but not read Secrets learns one bit with each edit: whether its templates rendered. 95 such
//! bits are a password of 16 random letters and digits. So the edits that render templates over one sealed value are limited.
//!
//! Decided: by the sealed value (its ciphertext), instead of by the object. A value that was sealed namespace-wide opens under any
//! name, and an object can be deleted and made again: each would be another object, and the same value. Nobody but the controller
//! can make another ciphertext of a value that they do not know. A restore of thousands of objects has as many ciphertexts, and
//! none of them waits.
//!
//! Decided: ten at once and then one each five minutes. A person who works at a template gets ten tries in a row; a pipeline that
//! changes one object every few minutes for a day is never held back; those 95 bits take seven hours, and as many generations of
//! one object, which the API server's audit log shows. The same question (the same spec, but for the Secret's metadata) costs
//! nothing a second time, so that one sealed value can be used in a hundred namespaces. A template that may ask for the time or for
//! randomness is never the same question.
//!
//! The same limit holds for what an immutable Secret is held against: whether other values are the ones it has shows in whether they
//! are refused.

mod question;

use question::Digest;
pub(crate) use question::Question;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Edits at once.
const BURST: u32 = 10;

/// Until there may be one more.
const REFILL: Duration = Duration::from_mins(5);

/// Answered questions that are remembered of each value.
const ANSWERED: usize = 16;

/// Counts what was asked about sealed values.
#[derive(Debug, Default)]
pub struct RenderRate(Mutex<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    by_value: HashMap<Digest, Bucket>,
    /// When there are so many, those that are full again are forgotten.
    forget_at: usize,
}

#[derive(Debug)]
struct Bucket {
    /// When it is as if nothing had been asked.
    full_at: Instant,
    asked: VecDeque<Digest>,
}

/// A question that was let through.
#[derive(Debug)]
pub(crate) struct Asked {
    charged: Vec<Digest>,
    text: Option<Digest>,
}

impl RenderRate {
    /// Lets a question through, or says how long it has to wait; then it has cost nothing.
    pub(crate) fn ask(&self, question: Question, now: Instant) -> Result<Asked, Duration> {
        let mut buckets = self.buckets();
        let Question { about, text } = question;
        let answered = |bucket: &Bucket| text.as_ref().is_some_and(|text| bucket.asked.contains(text));
        let charged: Vec<Digest> =
            about.into_iter().filter(|value| !buckets.by_value.get(value).is_some_and(answered)).collect();
        let waits = charged.iter().filter_map(|value| buckets.by_value.get(value)?.wait(now));
        if let Some(wait) = waits.max() {
            return Err(wait);
        }
        for value in &charged {
            let empty = || Bucket { full_at: now, asked: VecDeque::new() };
            buckets.by_value.entry(*value).or_insert_with(empty).charge(text, now);
        }
        buckets.forget(now);
        Ok(Asked { charged, text })
    }

    /// Takes back a question to which there was no answer, because nothing was rendered.
    pub(crate) fn take_back(&self, asked: &Asked, now: Instant) {
        let mut buckets = self.buckets();
        for value in &asked.charged {
            if let Some(bucket) = buckets.by_value.get_mut(value) {
                bucket.full_at = bucket.full_at.checked_sub(REFILL).unwrap_or(now);
                bucket.asked.retain(|text| Some(text) != asked.text.as_ref());
                if bucket.full_at <= now {
                    buckets.by_value.remove(value);
                }
            }
        }
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buckets {
    fn forget(&mut self, now: Instant) {
        if self.by_value.len() >= self.forget_at {
            self.by_value.retain(|_, bucket| bucket.full_at > now);
            self.forget_at = (2 * self.by_value.len()).max(1_024);
        }
    }
}

impl Bucket {
    fn wait(&self, now: Instant) -> Option<Duration> {
        let owed = self.full_at.saturating_duration_since(now) + REFILL;
        owed.checked_sub(BURST * REFILL).filter(|wait| !wait.is_zero())
    }

    fn charge(&mut self, text: Option<Digest>, now: Instant) {
        self.full_at = self.full_at.max(now) + REFILL;
        self.asked.extend(text);
        if self.asked.len() > ANSWERED {
            self.asked.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
