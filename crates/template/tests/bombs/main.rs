//! Templates meant to exhaust the process end at a limit, and have taken little memory when they do.
//!
//! One test alone in its program: the peak of what is allocated is that of the whole process, and the same in every run.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod list;

use list::{Bomb, Kind, bombs};
use peak_alloc::PeakAlloc;
use std::fmt::Write as _;
use template::{Bound, Cause, Limits, Outside, Renderer, Shown, TemplateError, Values};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a bomb may have allocated at any time, beyond what was there before.
const PEAK: usize = 40 << 20;

#[test]
fn they_reach_their_limit_and_little_memory() {
    let mut wrong = String::new();
    for Bomb { name, reaches, template } in bombs() {
        let (error, peak) = detonate(&template);
        let reached = match error.detail().cause {
            Cause::Limit(Bound::Output(_)) => Some(Kind::Output),
            Cause::Limit(Bound::Memory(_)) => Some(Kind::Memory),
            Cause::Limit(Bound::Steps(_)) => Some(Kind::Steps),
            Cause::Limit(Bound::Depth(_)) => Some(Kind::Depth),
            Cause::Limit(Bound::Toil(_)) => Some(Kind::Toil),
            _ => None,
        };
        if reached != Some(reaches)
            || matches!(error.shown(), Shown::NotATemplate(detail) if !matches!(detail.cause, Cause::Limit(_)))
            || peak > PEAK
        {
            writeln!(wrong, "{name}: {} after {} KiB", error.detail(), peak >> 10).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// How it ends, and the most that was allocated meanwhile.
fn detonate(template: &str) -> (TemplateError, usize) {
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let outside = Outside { now: "2026-02-03T04:05:06Z".parse().unwrap(), random: &mut fill };
    let mut values = Values::new();
    values.insert("big", vec![b'a'; 500_000].into());
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let result = Renderer::new(&values, Limits::default()).render("item", template, outside);
    let peak = MEMORY.peak_usage().saturating_sub(before);
    (result.map(drop).expect_err(template), peak)
}
