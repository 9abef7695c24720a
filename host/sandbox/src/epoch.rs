//! The thread that advances the engine's epoch, which interrupts computing guests.

use std::io;
use std::time::Duration;
use wasmtime::EngineWeak;

/// Interval between two epochs: the longest time that a guest computes before it yields.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Starts the thread. It ends when the last reference to the engine is dropped.
pub(crate) fn start(engine: EngineWeak) -> io::Result<()> {
    std::thread::Builder::new()
        .name("purser-epoch".into())
        .spawn(move || advance(&engine))
        .map(drop)
}

fn advance(engine: &EngineWeak) {
    loop {
        std::thread::sleep(TICK);

        match engine.upgrade() {
            Some(engine) => engine.increment_epoch(),
            None => break,
        }
    }
}
