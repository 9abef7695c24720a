//! Progress of a run on standard error: a bar on a terminal, a few plain lines elsewhere.

use super::{number, run};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use parking_lot::Mutex;
use purser_engine::{RunEvent, RunObserver};
use purser_model::ProfileName;
use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::time::{Duration, Instant};

/// Time between two plain lines about one stream, so that the logs of scheduled jobs stay short.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Time between two steps of the spinner.
const TICK: Duration = Duration::from_millis(120);

const UNKNOWN_LENGTH: &str = "{spinner} {prefix}  {human_pos} records  {rate}  {elapsed}";
const KNOWN_LENGTH: &str = "{prefix}  {bar:30}  {human_pos} of {human_len}  {rate}  ETA {eta}";

/// Display for the events of a run.
pub(crate) enum Progress {
    /// For a terminal.
    Bar(Bar),
    /// For a file or a pipe.
    Lines(Lines<io::Stderr>),
}

impl Progress {
    /// Chooses the display for the standard error of this process.
    pub(crate) fn to_stderr() -> Self {
        if io::stderr().is_terminal() {
            Self::Bar(Bar::default())
        } else {
            Self::Lines(Lines::new(io::stderr(), LINE_INTERVAL))
        }
    }

    /// Creates lines that begin with the profile, for several profiles at the same time.
    pub(crate) fn lines_of(profile: &ProfileName) -> Self {
        Self::Lines(Lines {
            prefix: format!("{profile}: "),
            ..Lines::new(io::stderr(), LINE_INTERVAL)
        })
    }
}

impl RunObserver for Progress {
    fn event(&self, event: RunEvent<'_>) {
        match self {
            Self::Bar(bar) => bar.event(event),
            Self::Lines(lines) => lines.event(event),
        }
    }
}

/// Bar for the current stream.
///
/// It disappears when the stream ends or the run fails. One line for each stream stays.
#[derive(Default)]
pub(crate) struct Bar(Mutex<Option<ProgressBar>>);

impl RunObserver for Bar {
    fn event(&self, event: RunEvent<'_>) {
        let mut current = self.0.lock();

        match event {
            RunEvent::ConnectionSkipped { connection } => line(&run::skipped(connection)),
            RunEvent::Parked { connection, wait } => line(&run::continued(connection, wait)),
            RunEvent::Waiting { stream, pause } => match current.as_ref() {
                Some(bar) => bar.println(run::waiting(stream, pause)),
                None => line(&run::waiting(stream, pause)),
            },
            RunEvent::StreamStarted {
                connection, stream, ..
            } => {
                let bar = ProgressBar::new_spinner()
                    .with_style(style(UNKNOWN_LENGTH))
                    .with_prefix(format!("{connection} {stream}"));
                bar.enable_steady_tick(TICK);
                *current = Some(bar);
            }
            RunEvent::Page {
                records_so_far,
                rejected_so_far,
                total,
                ..
            } => {
                if let Some(bar) = current.as_ref() {
                    advance(bar, records_so_far + rejected_so_far, total);
                }
            }
            RunEvent::StreamEnded { stream, counts } => {
                if let Some(bar) = current.take() {
                    bar.finish_and_clear();
                }
                line(&run::ended(stream, counts));
            }
        }
    }
}

/// Writes a line to standard error. A failure to do so cannot be reported anywhere.
fn line(text: &str) {
    drop(writeln!(io::stderr(), "{text}"));
}

/// Moves a bar to a position, and gives it a length once the total is known.
fn advance(bar: &ProgressBar, position: u64, total: Option<u64>) {
    if let Some(total) = total
        && bar.length() != Some(total)
    {
        bar.set_style(style(KNOWN_LENGTH));
        bar.set_length(total);
    }

    bar.set_position(position);
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = self.0.lock().take() {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants that a test checks. A plain spinner is better than no run.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is whole, not negative, and far below the largest integer"
        )]
        let whole = state.per_sec().round() as u64;
        // Writing to the line in memory cannot fail.
        let _ = write!(out, "{}/s", number::count(whole));
    };
    style.with_key("rate", rate).progress_chars("=> ")
}

/// Line when a stream starts, when it ends, and at intervals between.
pub(crate) struct Lines<W> {
    out: Mutex<(W, Instant)>,
    pause: Duration,
    prefix: String,
}

impl<W: Write> Lines<W> {
    fn new(out: W, pause: Duration) -> Self {
        Self {
            out: Mutex::new((out, Instant::now())),
            pause,
            prefix: String::new(),
        }
    }

    fn line(&self, text: &str) {
        let (out, last) = &mut *self.out.lock();
        *last = Instant::now();
        // A failure to write to standard error cannot be reported anywhere.
        drop(writeln!(out, "{}{text}", self.prefix));
    }
}

impl<W: Write + Send> RunObserver for Lines<W> {
    fn event(&self, event: RunEvent<'_>) {
        match event {
            RunEvent::ConnectionSkipped { connection } => self.line(&run::skipped(connection)),
            RunEvent::Parked { connection, wait } => self.line(&run::continued(connection, wait)),
            RunEvent::Waiting { stream, pause } => self.line(&run::waiting(stream, pause)),
            RunEvent::StreamStarted {
                connection,
                stream,
                resumed,
            } => self.line(&run::started(connection, stream, resumed)),
            RunEvent::Page {
                stream,
                records_so_far,
                total,
                ..
            } => {
                if self.out.lock().1.elapsed() >= self.pause {
                    let total = total
                        .map(|total| format!(" of {}", number::count(total)))
                        .unwrap_or_default();
                    self.line(&format!(
                        "{stream}: {}{total} records so far",
                        number::count(records_so_far)
                    ));
                }
            }
            RunEvent::StreamEnded { stream, counts } => self.line(&run::ended(stream, counts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::{ConnectionName, Counts, StreamName};

    fn send_events(observer: &dyn RunObserver) {
        let connection: ConnectionName = "acme".parse().unwrap();
        let stream: StreamName = "users".parse().unwrap();

        observer.event(RunEvent::StreamStarted {
            connection: &connection,
            stream: &stream,
            resumed: true,
        });
        observer.event(RunEvent::Page {
            stream: &stream,
            records_so_far: 1000,
            rejected_so_far: 1,
            total: Some(2500),
        });
        let counts = Counts {
            pages: 2,
            records: 2500,
            rejected: 1,
            requests: 3,
            ..Counts::default()
        };
        observer.event(RunEvent::StreamEnded {
            stream: &stream,
            counts: &counts,
        });
    }

    fn lines(pause: Duration) -> String {
        let mut out = Vec::new();
        send_events(&Lines::new(&mut out, pause));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_are_limited_by_their_interval() {
        let shown = "acme: reading users from its checkpoint\nusers: 2,500 records in 2 pages, 1 row rejected; 3 requests\n";
        assert_eq!(lines(Duration::MAX), shown);
        assert!(lines(Duration::ZERO).contains("users: 1,000 of 2,500 records so far\n"));
    }

    #[test]
    fn bar_is_removed_after_the_stream() {
        let bar = Bar::default();
        send_events(&bar);
        assert!(bar.0.lock().is_none());
        for template in [UNKNOWN_LENGTH, KNOWN_LENGTH] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
