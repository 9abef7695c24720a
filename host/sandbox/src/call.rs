//! One call: a fresh store and instance, a deadline, an answer. Whatever happens, the store is gone when it is over.

use crate::bindings::actions::Guest;
use crate::bindings::types;
use crate::connector::Connector;
use crate::convert;
use crate::explain;
use crate::host::Host;
use crate::limits;
use crate::outcome::CallError;
use futures::future::BoxFuture;
use std::time::Duration;
use wasmtime::component::Accessor;
use wasmtime::{Store, UpdateDeadline};

/// What a guest's export gives: its answer, or the failure it reports.
type Answer<T> = wasmtime::Result<Result<T, types::Failure>>;

impl Connector {
    /// Calls one export in an instance of its own.
    pub(crate) async fn run<T, F>(&self, host: Host, export: F) -> Result<T, CallError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a Accessor<Host>, &'a Guest) -> BoxFuture<'a, Answer<T>> + Send,
    {
        // Waiting for a slot is the host's affair, and before the deadline begins.
        let _slot = self
            .slots
            .acquire()
            .await
            .map_err(|error| CallError::Host(error.to_string()))?;
        let wall_ms = host.limits().wall_ms;
        let mut store = self.store(host);
        // The deadline is outside of wasmtime's event loop: one inside would not be looked at while the guest computes.
        let answer = tokio::time::timeout(
            Duration::from_millis(wall_ms),
            self.perform(&mut store, export),
        )
        .await;
        let host = store.data_mut();
        host.close_log();
        match answer {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(failure))) => Err(match convert::answer::failure(failure) {
                Ok(failure) => CallError::Failed {
                    failure,
                    evidence: host.evidence().cloned(),
                },
                Err(why) => CallError::BadAnswer(why),
            }),
            Ok(Err(Stop::Incompatible(error))) => {
                Err(CallError::Incompatible(explain::in_one_line(&error)))
            }
            Ok(Err(Stop::Ended(error))) => Err(explain::explain(&error, host)),
            Err(_) => Err(CallError::WallClock {
                ms: wall_ms,
                spent: host.spent(),
            }),
        }
    }

    /// A store that keeps to the limits of the call.
    fn store(&self, host: Host) -> Store<Host> {
        // What a guest hands over in one go is copied out of its memory. Lists may overlap there; the copy is no larger all the same.
        let most_handed_over = usize::try_from(host.memory_used().allowed()).unwrap_or(usize::MAX);
        let mut store = Store::new(self.instance.engine(), host);
        store.limiter(|host| host.memory());
        store.set_hostcall_fuel(most_handed_over);
        store.set_max_component_handles(limits::HANDLES);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut context| {
            context.data_mut().tick()?;
            Ok(UpdateDeadline::Yield(1))
        });
        store
    }

    /// Instantiates, which may run a start function, and calls.
    async fn perform<T, F>(
        &self,
        store: &mut Store<Host>,
        export: F,
    ) -> Result<Result<T, types::Failure>, Stop>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a Accessor<Host>, &'a Guest) -> BoxFuture<'a, Answer<T>> + Send,
    {
        let instance = self
            .instance
            .instantiate_async(&mut *store)
            .await
            .map_err(Stop::Ended)?;
        let connector = self
            .exports
            .load(&mut *store, &instance)
            .map_err(Stop::Incompatible)?;
        let actions = connector.purser_connector_actions();
        let answer = store
            .run_concurrent(async |accessor| export(accessor, actions).await)
            .await;
        answer.flatten().map_err(Stop::Ended)
    }
}

/// Why a call has no answer.
enum Stop {
    /// An export has another type than the WIT package gives it.
    Incompatible(wasmtime::Error),
    /// A trap, a limit, a value that is none.
    Ended(wasmtime::Error),
}
