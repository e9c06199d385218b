//! [`draw`]: a chart as SVG. Everything that knows the library for plots is here.

use anyhow::{Result, anyhow};
use plotters::chart::SeriesLabelPosition;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;

pub(super) const ORANGE: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
pub(super) const GREY: RGBColor = RGBColor(0x70, 0x70, 0x70);

const SIZE: (u32, u32) = (760, 460);
const FONT: &str = "sans-serif";

#[derive(Debug)]
pub(super) struct Chart {
    pub title: String,
    pub axes: Axes,
    pub x: String,
    pub y: String,
    /// Where the lines are not.
    pub legend: Legend,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axes {
    BothLogarithmic,
    /// The other begins at 0.
    XLogarithmic,
    /// Both begin at 0.
    Linear,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Legend {
    UpperLeft,
    UpperRight,
    LowerRight,
}

#[derive(Debug)]
pub(super) struct Line {
    pub name: String,
    pub colour: RGBColor,
    /// Drawn thinner and paler.
    pub is_second: bool,
    /// Whether each point has a dot.
    pub is_dotted: bool,
    pub points: Vec<(f64, f64)>,
}

/// The chart with `below` under its title.
pub(super) fn draw(chart: &Chart, below: &str) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let text = |text: &str, at, size: u32| {
            area.draw(&Text::new(text.to_owned(), at, (FONT, size).into_font())).map_err(failed)
        };
        text(&chart.title, (16, 8), 24)?;
        // The place is long: a line for what was measured, and one for the machine.
        let (what, machine) = below.split_once(". ").unwrap_or((below, ""));
        text(what, (16, 36), 15)?;
        text(machine, (16, 54), 15)?;
        let area = area.margin(78, 8, 8, 24);
        let (x, y) = (range(chart, |point| point.0), range(chart, |point| point.1));
        let wide = x.0 / 1.15..x.1 * 1.15;
        let drawn = match chart.axes {
            Axes::BothLogarithmic => {
                lines(&area, chart, wide.log_scale(), (y.0 / 1.5..y.1 * 3.0).log_scale())
            }
            Axes::XLogarithmic => lines(&area, chart, wide.log_scale(), 0.0..y.1 * 1.05),
            Axes::Linear => lines(&area, chart, 0.0..x.1 * 1.05, 0.0..y.1 * 1.05),
        };
        drawn?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

fn lines<X, Y>(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    chart: &Chart,
    x: X,
    y: Y,
) -> Result<()>
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: ValueFormatter<f64>,
    Y: AsRangedCoord<Value = f64>,
    Y::CoordDescType: ValueFormatter<f64>,
{
    let mut context = ChartBuilder::on(area)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(x, y)
        .map_err(failed)?;
    context
        .configure_mesh()
        .light_line_style(RGBColor(0xf2, 0xf2, 0xf2))
        .bold_line_style(RGBColor(0xdd, 0xdd, 0xdd))
        .x_desc(&chart.x)
        .y_desc(&chart.y)
        .x_label_formatter(&|x| tick(*x, chart.axes != Axes::Linear))
        .y_label_formatter(&|y| tick(*y, chart.axes == Axes::BothLogarithmic))
        .label_style((FONT, 15))
        .axis_desc_style((FONT, 16))
        .draw()
        .map_err(failed)?;
    for line in &chart.lines {
        let style =
            if line.is_second { line.colour.mix(0.8).stroke_width(1) } else { line.colour.stroke_width(2) };
        context
            .draw_series(LineSeries::new(line.points.iter().copied(), style))
            .map_err(failed)?
            .label(&line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
        if line.is_dotted {
            let dots = line.points.iter().map(|&point| Circle::new(point, 3, style.filled()));
            context.draw_series(dots).map_err(failed)?;
        }
    }
    context
        .configure_series_labels()
        .position(match chart.legend {
            Legend::UpperLeft => SeriesLabelPosition::UpperLeft,
            Legend::UpperRight => SeriesLabelPosition::UpperRight,
            Legend::LowerRight => SeriesLabelPosition::LowerRight,
        })
        .background_style(WHITE.mix(0.85))
        .border_style(RGBColor(0xdd, 0xdd, 0xdd))
        .label_font((FONT, 15))
        .draw()
        .map_err(failed)
}

/// The smallest and the largest number of an axis.
fn range(chart: &Chart, of: fn(&(f64, f64)) -> f64) -> (f64, f64) {
    let numbers = || chart.lines.iter().flat_map(|line| &line.points).map(of).filter(|number| *number > 0.0);
    (numbers().fold(f64::INFINITY, f64::min), numbers().fold(0.0, f64::max))
}

/// On a logarithmic axis only some have room.
fn tick(number: f64, is_logarithmic: bool) -> String {
    let leading = number / 10_f64.powf(number.log10().floor());
    if is_logarithmic && ![1.0, 2.0, 5.0].iter().any(|shown| (leading - shown).abs() < 1e-6) {
        return String::new();
    }
    match number {
        number if number >= 1_000_000.0 => format!("{}M", number / 1_000_000.0),
        number if number >= 1_000.0 => format!("{}k", number / 1_000.0),
        // Without the digits that arithmetic leaves behind.
        number => format!("{}", (number * 1000.0).round() / 1000.0),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "given to `map_err`")]
fn failed<E: std::error::Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> anyhow::Error {
    anyhow!("{error}")
}
