//! One call: a fresh store and instance, a deadline, a result.

use crate::bindings::actions::Guest;
use crate::bindings::{ConnectorIndices, types};
use crate::call_state::CallState;
use crate::convert;
use crate::limits;
use crate::outcome::CallError;
use crate::text::{MAX_ERROR, one_line};
use crate::trap;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use wasmtime::component::{Accessor, InstancePre};
use wasmtime::{Store, UpdateDeadline};

/// The result of a guest's export: its value, or the failure that it reports.
type ExportResult<T> = wasmtime::Result<Result<T, types::Failure>>;

/// Calls the exports of one component, each in an instance of its own.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) instance: InstancePre<CallState>,
    pub(crate) exports: ConnectorIndices,
    /// Permits for the instances that the engine has room for.
    pub(crate) slots: Arc<Semaphore>,
}

/// The reason why a call has no result.
enum Stop {
    /// An export has another type than the WIT package gives it.
    Incompatible(wasmtime::Error),
    /// A trap, a limit, or an invalid value.
    Ended(wasmtime::Error),
}

impl Caller {
    /// Calls one export. The store is dropped afterwards, in every case.
    pub(crate) async fn call<T, F>(&self, state: CallState, export: F) -> Result<T, CallError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a Accessor<CallState>, &'a Guest) -> BoxFuture<'a, ExportResult<T>>
            + Send,
    {
        // The wait for a slot is not charged to the connector.
        let _slot = self
            .slots
            .acquire()
            .await
            .map_err(|error| CallError::Host(error.to_string()))?;
        let wall_ms = state.limits().wall_ms;
        let mut store = self.store(state);

        // The timeout is outside of wasmtime's event loop: one inside would not be polled while the
        // guest computes.
        let result = tokio::time::timeout(
            Duration::from_millis(wall_ms),
            self.instantiate_and_call(&mut store, export),
        )
        .await;

        let state = store.data_mut();
        state.close_log();
        match result {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(failure))) => Err(reported(failure, state)),
            Ok(Err(Stop::Incompatible(error))) => {
                Err(CallError::Incompatible(one_line(&error, MAX_ERROR)))
            }
            Ok(Err(Stop::Ended(error))) => Err(trap::cause(&error, state)),
            Err(_) => Err(CallError::WallClock {
                ms: wall_ms,
                spent: state.time_spent(),
            }),
        }
    }

    /// Returns a store that enforces the limits of the call.
    fn store(&self, state: CallState) -> Store<CallState> {
        // A value that a guest passes is copied out of its memory. Lists may overlap there, but the
        // copy must not be larger than that memory.
        let max_passed = usize::try_from(state.memory().allowed()).unwrap_or(usize::MAX);
        let mut store = Store::new(self.instance.engine(), state);
        store.limiter(|state| state.memory_mut());
        store.set_hostcall_fuel(max_passed);
        store.set_max_component_handles(limits::HANDLES);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut context| {
            context.data_mut().tick()?;
            Ok(UpdateDeadline::Yield(1))
        });
        store
    }

    /// Instantiates the component, which may run a start function, and calls the export.
    async fn instantiate_and_call<T, F>(
        &self,
        store: &mut Store<CallState>,
        export: F,
    ) -> Result<Result<T, types::Failure>, Stop>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a Accessor<CallState>, &'a Guest) -> BoxFuture<'a, ExportResult<T>>
            + Send,
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
        let result = store
            .run_concurrent(async |accessor| export(accessor, actions).await)
            .await;
        result.flatten().map_err(Stop::Ended)
    }
}

/// Converts the failure that the connector reports.
fn reported(failure: types::Failure, state: &CallState) -> CallError {
    match convert::results::failure(failure) {
        Ok(failure) => CallError::Failed {
            failure,
            evidence: state.evidence().cloned(),
        },
        Err(reason) => CallError::InvalidResult(reason),
    }
}
