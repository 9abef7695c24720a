//! A compiled component and its four calls.

use crate::bindings::ConnectorIndices;
use crate::convert;
use crate::error::SandboxError;
use crate::host::Host;
use crate::outcome::CallError;
use crate::request::{Call, Capability, CheckReport, ReadRequest, ReclaimOutcome, ReclaimRequest};
use purser_model::{Description, Digest, Limits, Page};
use std::sync::Arc;
use tokio::sync::Semaphore;
use wasmtime::component::{Component, InstancePre, Linker};

/// A compiled connector. Cheap to clone; its calls may run side by side, each in an instance of its own.
#[derive(Clone)]
pub struct Connector {
    digest: Digest,
    pub(crate) instance: InstancePre<Host>,
    pub(crate) exports: ConnectorIndices,
    pub(crate) slots: Arc<Semaphore>,
}

impl Connector {
    /// Joins a component to its imports.
    pub(crate) fn link(
        bytes: &[u8],
        component: &Component,
        linker: &Linker<Host>,
        slots: Arc<Semaphore>,
    ) -> Result<Self, SandboxError> {
        let incompatible = |error: wasmtime::Error| SandboxError::incompatible(&error);
        let instance = linker.instantiate_pre(component).map_err(incompatible)?;
        let exports = ConnectorIndices::new(&instance).map_err(incompatible)?;
        Ok(Self {
            digest: Digest::of(bytes),
            instance,
            exports,
            slots,
        })
    }

    /// The digest of the bytes it was compiled from.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Asks the connector what it is and wants, in an instance in which every import ends the call, and checks the answer.
    ///
    /// # Errors
    /// When it does not answer, answers what contradicts itself, or reaches for the world.
    pub async fn describe(&self) -> Result<Description, SandboxError> {
        let host = Host::without_imports(describe_limits());
        let call = self.run(host, |accessor, actions| {
            Box::pin(async move { actions.call_describe(accessor).await.map(Ok) })
        });
        let description = match call.await {
            Ok(description) => {
                convert::describe::description(description).map_err(SandboxError::Description)?
            }
            Err(CallError::Incompatible(why)) => return Err(SandboxError::Incompatible(why)),
            Err(error) => return Err(SandboxError::Describe(error)),
        };
        description
            .validate()
            .map_err(|error| SandboxError::Description(error.0))?;
        Ok(description)
    }

    /// Tries whether a capability works, changing nothing.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn check(
        &self,
        call: Call,
        capability: Capability,
    ) -> Result<CheckReport, CallError> {
        let request = convert::request::check(capability, &call.settings);
        let report = self.run(Host::of(&call), |accessor, actions| {
            Box::pin(actions.call_check(accessor, request))
        });
        Ok(convert::answer::check_report(report.await?))
    }

    /// Reads one page.
    ///
    /// # Errors
    /// See [`CallError`]. A page that breaks a rule of the WIT package, or is of another kind than the stream, is refused whole.
    pub async fn read(&self, call: Call, request: ReadRequest) -> Result<Page, CallError> {
        let kind = request.kind;
        let whole = request.cursor.is_none() && request.accounts.is_empty();
        let request = convert::request::read(request, &call.settings);
        let page = self.run(Host::of(&call), |accessor, actions| {
            Box::pin(actions.call_read(accessor, request))
        });
        let page = convert::page::page(page.await?, kind, call.limits.page_rows)?;
        // Left out, they would be records that nobody reads.
        if !whole && !page.partitions.is_empty() {
            return Err(CallError::BadAnswer(
                "partitions may come with the page that is asked for without a cursor alone".into(),
            ));
        }
        Ok(page)
    }

    /// Takes one seat back.
    ///
    /// # Errors
    /// See [`CallError`]. Any error but [`CallError::Failed`] leaves open whether the application did it.
    pub async fn reclaim(
        &self,
        call: Call,
        request: ReclaimRequest,
    ) -> Result<ReclaimOutcome, CallError> {
        let request = convert::request::reclaim(request, &call.settings);
        let outcome = self.run(Host::of(&call), |accessor, actions| {
            Box::pin(actions.call_reclaim(accessor, request))
        });
        Ok(convert::answer::reclaim_outcome(outcome.await?))
    }
}

/// What `describe` may use. It only has to build one value.
fn describe_limits() -> Limits {
    Limits {
        memory_bytes: 16 << 20,
        cpu_ms: 1_000,
        wall_ms: 10_000,
        ..Limits::default()
    }
}
