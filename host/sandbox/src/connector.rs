//! A compiled component and its four functions.

use crate::bindings::ConnectorIndices;
use crate::call::Caller;
use crate::call_state::CallState;
use crate::convert;
use crate::error::SandboxError;
use crate::outcome::CallError;
use crate::request::{Call, Capability, CheckReport, ReadRequest, ReclaimOutcome, ReclaimRequest};
use crate::text::{MAX_ERROR, one_line};
use purser_model::{Description, Digest, Limits, Page};
use std::sync::Arc;
use tokio::sync::Semaphore;
use wasmtime::component::{Component, Linker};

/// A compiled connector. Cheap to clone. Calls may run concurrently, each in its own instance.
#[derive(Clone)]
pub struct Connector {
    digest: Digest,
    caller: Caller,
}

impl Connector {
    /// Links a component to its imports.
    pub(crate) fn link(
        bytes: &[u8],
        component: &Component,
        linker: &Linker<CallState>,
        slots: Arc<Semaphore>,
    ) -> Result<Self, SandboxError> {
        let incompatible =
            |error: wasmtime::Error| SandboxError::Incompatible(one_line(&error, MAX_ERROR));
        let instance = linker.instantiate_pre(component).map_err(incompatible)?;
        let exports = ConnectorIndices::new(&instance).map_err(incompatible)?;

        Ok(Self {
            digest: Digest::of(bytes),
            caller: Caller {
                instance,
                exports,
                slots,
            },
        })
    }

    /// Returns the digest of the component.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the validated description of the connector. Every import ends this call.
    ///
    /// # Errors
    /// Fails if it returns no description, one that contradicts itself, or calls an import.
    pub async fn describe(&self) -> Result<Description, SandboxError> {
        let state = CallState::without_imports(describe_limits());
        let result = self
            .caller
            .call(state, |accessor, actions| {
                Box::pin(async move { actions.call_describe(accessor).await.map(Ok) })
            })
            .await;

        let description = match result {
            Ok(description) => {
                convert::describe::description(description).map_err(SandboxError::Description)?
            }
            Err(CallError::Incompatible(reason)) => return Err(SandboxError::Incompatible(reason)),
            Err(error) => return Err(SandboxError::Describe(error)),
        };
        description
            .validate()
            .map_err(|error| SandboxError::Description(error.0))?;
        Ok(description)
    }

    /// Verifies that a capability works. Changes nothing.
    pub async fn check(
        &self,
        call: Call,
        capability: Capability,
    ) -> Result<CheckReport, CallError> {
        let request = convert::request::check(capability, &call.settings);
        let report = self
            .caller
            .call(CallState::new(&call), |accessor, actions| {
                Box::pin(actions.call_check(accessor, request))
            });
        Ok(convert::results::check_report(report.await?))
    }

    /// Reads one page.
    ///
    /// # Errors
    /// See [`CallError`]. A page is refused as a whole for what the connector alone decides: its
    /// kind, its number of rows, cursors and partitions. Unusable data costs a field or a row.
    pub async fn read(&self, call: Call, request: ReadRequest) -> Result<Page, CallError> {
        let kind = request.kind;
        let may_have_partitions = request.cursor.is_none() && request.accounts.is_empty();
        let request = convert::request::read(request, &call.settings);

        let page = self
            .caller
            .call(CallState::new(&call), |accessor, actions| {
                Box::pin(actions.call_read(accessor, request))
            });
        let page = convert::page::page(page.await?, kind, call.limits.page_rows)?;

        // Ignoring them would silently lose records.
        if !may_have_partitions && !page.partitions.is_empty() {
            return Err(CallError::InvalidResult(
                "partitions may come only with the page that is requested without a cursor".into(),
            ));
        }
        Ok(page)
    }

    /// Takes one seat back.
    ///
    /// # Errors
    /// See [`CallError`]. After any error but [`CallError::Failed`], it is unknown whether the
    /// application did it.
    pub async fn reclaim(
        &self,
        call: Call,
        request: ReclaimRequest,
    ) -> Result<ReclaimOutcome, CallError> {
        let request = convert::request::reclaim(request, &call.settings);
        let outcome = self
            .caller
            .call(CallState::new(&call), |accessor, actions| {
                Box::pin(actions.call_reclaim(accessor, request))
            });
        Ok(convert::results::reclaim_outcome(outcome.await?))
    }
}

/// Returns the limits of `describe`, which only has to build one value.
fn describe_limits() -> Limits {
    Limits {
        memory_bytes: 16 << 20,
        cpu_ms: 1_000,
        wall_ms: 10_000,
        ..Limits::default()
    }
}
