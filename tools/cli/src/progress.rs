//! How far a long step is: a bar on a terminal, a line every few seconds elsewhere.

use std::{
    cell::Cell,
    fmt,
    time::{Duration, Instant},
};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressState, ProgressStyle};

const BETWEEN_LINES: Duration = Duration::from_secs(5);
const WITH_TOTAL: &str =
    "{prefix} {wide_bar} {human_pos} of {human_len} records, {rate}, {eta} left";
const WITHOUT_TOTAL: &str = "{prefix} {spinner} {human_pos} records, {rate}";

/// Counts records on standard error.
pub struct Progress {
    bar: ProgressBar,
    step: &'static str,
    said_at: Cell<Instant>,
}

impl Progress {
    /// `step` begins the line: `Checking`. Without a total there is no estimate of the time left.
    pub fn new(step: &'static str, total: Option<u64>) -> Self {
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total), WITH_TOTAL),
            None => (ProgressBar::new_spinner(), WITHOUT_TOTAL),
        };
        let style = ProgressStyle::with_template(template)
            .expect("the template is valid")
            .with_key(
                "rate",
                |state: &ProgressState, text: &mut dyn fmt::Write| {
                    // A style's key cannot pass an error on; a String takes all that is written.
                    let _ = write!(text, "{:.0} a second", state.per_sec());
                },
            );
        bar.set_style(style);
        bar.set_prefix(step);
        Self {
            bar,
            step,
            said_at: Cell::new(Instant::now()),
        }
    }

    pub fn advance(&self, records: u64) {
        self.bar.inc(records);
        if self.bar.is_hidden() && self.said_at.get().elapsed() >= BETWEEN_LINES {
            self.said_at.set(Instant::now());
            eprintln!("{}", self.line());
        }
    }

    /// Clears the bar, so that what is printed next has the line to itself.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    pub fn elapsed(&self) -> Duration {
        self.bar.elapsed()
    }

    fn line(&self) -> String {
        let (step, done) = (self.step, HumanCount(self.bar.position()));
        match self.bar.length() {
            Some(total) => format!(
                "{step}: {done} of {} records, {:.0} a second, {} left",
                HumanCount(total),
                self.bar.per_sec(),
                HumanDuration(self.bar.eta())
            ),
            None => format!("{step}: {done} records"),
        }
    }
}
