//! The plots, as SVG: one for each curve, with both sides in each, and the machine below the title.

mod draw;

use super::curves::{memory, points, title};
use super::numbers::{Command, Curve, Latency, Numbers, Run, SIDES, Side};
use super::statistics::{as_f64, distribution, median};
use super::tables::place;
use draw::{Axes, Chart, Legend, Line, draw};

use anyhow::{Context as _, Result};

/// A plot, and the name of its file without extension.
#[derive(Debug)]
pub(super) struct Plot {
    pub file: &'static str,
    pub title: String,
    pub svg: String,
}

const CURVES: [Curve; 5] = [Curve::Objects, Curve::Items, Curve::OldestKey, Curve::AllKeys, Curve::Values];

/// All plots for which there are numbers.
pub(super) fn all(numbers: &Numbers) -> Result<Vec<Plot>> {
    let mut plots = Vec::new();
    if let Some(taken) = &numbers.controller {
        let curves = CURVES.iter().map(|&curve| (title(curve).file, throughput(&taken.measured, curve)));
        for (file, chart) in curves {
            plots.extend(plot(file, chart, &place(taken))?);
        }
    }
    if let Some(taken) = &numbers.memory {
        plots.extend(plot(title(Curve::Memory).file, memories(&taken.measured), &place(taken))?);
    }
    if let Some(taken) = &numbers.latency {
        plots.extend(plot("latency", latencies(&taken.measured), &place(taken))?);
    }
    if let Some(taken) = &numbers.cli {
        plots.extend(plot("kubeseal", documents(&taken.measured), &place(taken))?);
    }
    Ok(plots)
}

/// None where there is nothing to show.
fn plot(file: &'static str, chart: Chart, place: &str) -> Result<Option<Plot>> {
    if chart.lines.iter().all(|line| line.points.is_empty()) {
        return Ok(None);
    }
    let svg = draw(&chart, place).with_context(|| format!("the plot {file} cannot be drawn"))?;
    Ok(Some(Plot { file, title: chart.title, svg }))
}

fn throughput(runs: &[Run], curve: Curve) -> Chart {
    let points = points(runs, curve);
    let title = title(curve);
    let line = |side: Side| both_lines(side, points.iter().map(|it| (it.x, *it.rate.of(side))).collect());
    Chart {
        title: title.text.into(),
        axes: Axes::BothLogarithmic,
        x: if curve == Curve::Values { "bytes of the value".into() } else { title.axis.into() },
        y: "SealedSecrets a second".into(),
        legend: Legend::UpperRight,
        lines: SIDES.map(line).into(),
    }
}

fn memories(runs: &[Run]) -> Chart {
    let mut lines: Vec<_> = SIDES.map(|side| both_lines(side, memory(runs, false).of(side).clone())).into();
    lines.extend(SIDES.map(|side| {
        let line = both_lines(side, memory(runs, true).of(side).clone());
        Line { name: format!("{}, restarted", line.name), is_second: true, ..line }
    }));
    Chart {
        title: "Resident memory of the controller".into(),
        axes: Axes::Linear,
        x: "SealedSecrets".into(),
        y: "MiB".into(),
        legend: Legend::UpperLeft,
        lines,
    }
}

fn latencies(latency: &Latency) -> Chart {
    let in_ms = |numbers: &[f64]| {
        let numbers: Vec<_> = numbers.iter().map(|seconds| seconds * 1000.0).collect();
        distribution(&numbers).into_iter().map(|(x, share)| (x, share * 100.0)).collect::<Vec<_>>()
    };
    let mut lines: Vec<_> = SIDES.map(|side| both_lines(side, in_ms(latency.synced.of(side)))).into();
    let floor: Vec<_> = latency.floor.iter().map(|floor| floor.total()).collect();
    let floor = Line {
        name: "two writes and one private-key operation".into(),
        colour: draw::GREY,
        is_second: true,
        is_dotted: false,
        points: in_ms(&floor),
    };
    lines.push(floor);
    // Hundreds of points: dots would hide the lines.
    for line in &mut lines {
        line.is_dotted = false;
    }
    Chart {
        title: "One SealedSecret on an idle controller, until it is synced".into(),
        axes: Axes::XLogarithmic,
        x: "ms".into(),
        y: "% that took no longer".into(),
        legend: Legend::LowerRight,
        lines,
    }
}

fn documents(commands: &[Command]) -> Chart {
    let line = |side: Side| {
        let points = commands.iter().filter_map(|command| {
            let seconds = median(command.seconds.of(side))?;
            Some((as_f64(command.documents?), seconds * 1000.0))
        });
        both_lines(side, points.collect())
    };
    Chart {
        title: "kubeseal: documents sealed by one command".into(),
        axes: Axes::BothLogarithmic,
        x: "documents".into(),
        y: "ms".into(),
        legend: Legend::UpperLeft,
        lines: SIDES.map(line).into(),
    }
}

fn both_lines(side: Side, points: Vec<(f64, f64)>) -> Line {
    let (name, colour) = match side {
        Side::Upstream => ("upstream", draw::ORANGE),
        Side::Ours => ("ours", draw::BLUE),
    };
    Line { name: name.into(), colour, is_second: false, is_dotted: true, points }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample;

    #[test]
    fn each_subject_has_its_plots_with_both_sides_and_the_machine() {
        let plots = all(&sample::numbers()).unwrap();
        let files: Vec<_> = plots.iter().map(|plot| plot.file).collect();
        assert_eq!(files, ["objects", "memory", "latency", "kubeseal"]);
        for Plot { svg, title, .. } in &plots {
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
            let title = title.split(':').next().unwrap();
            for word in ["upstream", "ours", "A &lt;Fast&gt; CPU", "2026-01-02", title] {
                assert!(svg.contains(word), "{word}:\n{svg}");
            }
        }
    }

    #[test]
    fn no_numbers_give_no_plot() {
        assert!(all(&Numbers::default()).unwrap().is_empty());
    }
}
