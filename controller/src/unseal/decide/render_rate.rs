//! [`RenderRate`]: how often one SealedSecret may ask about its sealed values. No clock: the time is an argument.
//!
//! A person who may edit a SealedSecret but not read Secrets learns one bit with each edit: whether its templates rendered. 95 such
//! bits are a password of 16 random letters and digits. So the edits of one object that render templates are limited.
//!
//! Decided: by the object's namespace and name, instead of by its UID, which a deletion changes. A value that was sealed with the strict
//! scope opens under no other name. One that was sealed namespace-wide or cluster-wide can be asked about under as many names as a
//! person may create; limiting those together would hold back a restore, and the other tenants who use the same value.
//!
//! Decided: ten at once and then one each five minutes. A person who works at a template gets ten tries in a row; a pipeline that
//! changes one object every few minutes for a day is never held back; those 95 bits take seven hours. The same question (the same
//! spec, but for the Secret's metadata) costs nothing a second time. A template that may ask for the time or for randomness is never
//! the same question.
//!
//! The same limit holds for what an immutable Secret is held against: whether other values are the ones it has shows in whether they
//! are refused.

pub(crate) mod question;

use crate::unseal::decide::render_rate::question::{Digest, Question};

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Edits at once.
const BURST: u32 = 10;

/// Until there may be one more.
const REFILL: Duration = Duration::from_mins(5);

/// Answered questions that are remembered of each object.
const ANSWERED: usize = 16;

/// Counts what was asked about sealed values.
#[derive(Debug, Default)]
pub(crate) struct RenderRate(Mutex<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    /// By namespace and name.
    by_object: HashMap<(String, String), Bucket>,
    /// When there are so many, those that are full again are forgotten.
    forget_at: usize,
}

#[derive(Debug)]
struct Bucket {
    /// When it is as if nothing had been asked.
    full_at: Instant,
    answered: VecDeque<Digest>,
}

/// A question that was let through, and what it cost.
#[derive(Debug)]
pub(crate) struct Asked {
    object: (String, String),
    text: Option<Digest>,
    is_charged: bool,
}

impl RenderRate {
    /// Lets a question through, or says how long it has to wait; then it has cost nothing.
    pub(crate) fn ask(&self, question: Question, now: Instant) -> Result<Asked, Duration> {
        let mut buckets = self.buckets();
        let Question { object, text } = question;
        let empty = || Bucket { full_at: now, answered: VecDeque::new() };
        let bucket = buckets.by_object.entry(object.clone()).or_insert_with(empty);
        let is_charged = !text.is_some_and(|text| bucket.answered.contains(&text));
        if is_charged {
            if let Some(wait) = bucket.wait(now) {
                return Err(wait);
            }
            bucket.charge(text, now);
        }
        buckets.forget(now);
        Ok(Asked { object, text, is_charged })
    }

    /// Takes back a question to which there was no answer, because nothing was rendered.
    pub(crate) fn take_back(&self, asked: &Asked, now: Instant) {
        let mut buckets = self.buckets();
        if asked.is_charged
            && let Some(bucket) = buckets.by_object.get_mut(&asked.object)
        {
            bucket.full_at = bucket.full_at.checked_sub(REFILL).unwrap_or(now);
            bucket.answered.retain(|text| Some(text) != asked.text.as_ref());
            if bucket.full_at <= now {
                buckets.by_object.remove(&asked.object);
            }
        }
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buckets {
    fn forget(&mut self, now: Instant) {
        if self.by_object.len() >= self.forget_at {
            self.by_object.retain(|_, bucket| bucket.full_at > now);
            self.forget_at = (2 * self.by_object.len()).max(1_024);
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
        self.answered.extend(text);
        if self.answered.len() > ANSWERED {
            self.answered.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
