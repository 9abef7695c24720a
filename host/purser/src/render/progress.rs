//! How far a run is: a bar on a terminal, a few plain lines elsewhere. Both go to standard error.

use super::{number, run};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use purser_engine::{RunEvent, RunObserver};
use purser_model::ProfileName;
use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a plain line says how far a stream is. Logs of scheduled jobs should show life and not fill up.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// How often the spinner moves while a page is awaited.
const TICK: Duration = Duration::from_millis(120);

const UNKNOWN_LENGTH: &str = "{spinner} {prefix}  {human_pos} records  {rate}  {elapsed}";
const KNOWN_LENGTH: &str = "{prefix}  {bar:30}  {human_pos} of {human_len}  {rate}  ETA {eta}";

/// Shows the events of a run.
pub(crate) enum Progress {
    /// On a terminal.
    Bar(Bar),
    /// Elsewhere.
    Lines(Lines<io::Stderr>),
}

impl Progress {
    /// What suits the standard error of this process.
    pub(crate) fn to_stderr() -> Self {
        if io::stderr().is_terminal() {
            Self::Bar(Bar::default())
        } else {
            Self::Lines(Lines::new(io::stderr(), BETWEEN_LINES))
        }
    }

    /// Lines that begin with the profile, for one of several that are run at once.
    pub(crate) fn lines_of(profile: &ProfileName) -> Self {
        Self::Lines(Lines {
            prefix: format!("{profile}: "),
            ..Lines::new(io::stderr(), BETWEEN_LINES)
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

/// A bar for the stream under way. It is gone once the stream ends, or the run fails; what stays is one line for each stream.
#[derive(Default)]
pub(crate) struct Bar(Mutex<Option<ProgressBar>>);

impl RunObserver for Bar {
    fn event(&self, event: RunEvent<'_>) {
        let mut current = locked(&self.0);
        match event {
            RunEvent::ConnectionSkipped { connection } => {
                drop(writeln!(io::stderr(), "{}", run::left_out(connection)))
            }
            RunEvent::Parked { connection, wait } => {
                drop(writeln!(
                    io::stderr(),
                    "{}",
                    run::taken_up(connection, wait)
                ));
            }
            RunEvent::Waiting { stream, pause } => match current.as_ref() {
                Some(bar) => bar.println(run::waiting(stream, pause)),
                None => drop(writeln!(io::stderr(), "{}", run::waiting(stream, pause))),
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
                let Some(bar) = current.as_ref() else { return };
                if let Some(total) = total
                    && bar.length() != Some(total)
                {
                    bar.set_style(style(KNOWN_LENGTH));
                    bar.set_length(total);
                }
                bar.set_position(records_so_far + rejected_so_far);
            }
            RunEvent::StreamEnded { stream, counts } => {
                if let Some(bar) = current.take() {
                    bar.finish_and_clear();
                }
                // There is nobody to tell that standard error cannot be written.
                drop(writeln!(io::stderr(), "{}", run::ended(stream, counts)));
            }
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = locked(&self.0).take() {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants that a test draws; a spinner without rate is still better than no run.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
        // A rate is whole, not negative, and far below the largest integer.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = state.per_sec().round() as u64;
        // What is written to is the line in memory.
        let _ = write!(out, "{}/s", number::count(whole));
    };
    style.with_key("rate", rate).progress_chars("=> ")
}

/// A line when a stream begins, when it ends, and now and then between.
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
        let (out, last) = &mut *locked(&self.out);
        *last = Instant::now();
        // There is nobody to tell that standard error cannot be written.
        drop(writeln!(out, "{}{text}", self.prefix));
    }
}

impl<W: Write + Send> RunObserver for Lines<W> {
    fn event(&self, event: RunEvent<'_>) {
        match event {
            RunEvent::ConnectionSkipped { connection } => self.line(&run::left_out(connection)),
            RunEvent::Parked { connection, wait } => self.line(&run::taken_up(connection, wait)),
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
                if locked(&self.out).1.elapsed() >= self.pause {
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

/// What is guarded has no state that a panic could leave half changed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::{ConnectionName, Counts, StreamName};

    fn tell(watch: &dyn RunObserver) {
        let (connection, stream): (ConnectionName, StreamName) =
            ("acme".parse().unwrap(), "users".parse().unwrap());
        watch.event(RunEvent::StreamStarted {
            connection: &connection,
            stream: &stream,
            resumed: true,
        });
        watch.event(RunEvent::Page {
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
        watch.event(RunEvent::StreamEnded {
            stream: &stream,
            counts: &counts,
        });
    }

    fn lines(pause: Duration) -> String {
        let mut out = Vec::new();
        tell(&Lines::new(&mut out, pause));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn plain_lines_are_few() {
        let shown = "acme: reading users from its checkpoint\nusers: 2,500 records in 2 pages, 1 row rejected; 3 requests\n";
        assert_eq!(lines(Duration::MAX), shown);
        assert!(lines(Duration::ZERO).contains("users: 1,000 of 2,500 records so far\n"));
    }

    #[test]
    fn the_bar_follows_the_events_and_goes_away() {
        let bar = Bar::default();
        tell(&bar);
        assert!(locked(&bar.0).is_none());
        for template in [UNKNOWN_LENGTH, KNOWN_LENGTH] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
