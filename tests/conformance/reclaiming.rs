//! Reclaiming seats on a real server, with the same sandbox and egress as in a run.

use purser_egress::{
    ByteBudget, ClientConfig, ConnectionClient, Egress, RateLimiter, RequestScope, StaticCredential,
};
use purser_model::{
    Action, Download, Grant, HttpError, ReclaimMode, Request, Response, RetryPolicy, Settings,
};
use purser_sandbox::{
    Call, CallError, Connector, IncomingResponse, Level, Outbound, ReclaimOutcome, ReclaimRequest,
    RunLog, Sandbox,
};
use purser_vault::{Credential, Secret};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A connector with its connection to a server.
pub(crate) struct Reclaimer {
    runtime: tokio::runtime::Runtime,
    connector: Connector,
    channel: ConnectionClient,
    grant: Arc<Grant>,
    settings: Settings,
    // The engine of the connector lives here.
    _sandbox: Sandbox,
}

struct DirectOutbound(ConnectionClient, RequestScope);

impl Outbound for DirectOutbound {
    fn send(
        &self,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, HttpError>> + Send>> {
        let channel = self.0.clone();
        let permit = self.1.clone();
        let budget = ByteBudget::new("response-bytes-total", 1 << 20);
        Box::pin(async move { channel.send(&permit, request, &budget).await.0 })
    }

    fn download(
        &self,
        _: Download,
    ) -> Pin<Box<dyn Future<Output = Result<IncomingResponse, HttpError>> + Send>> {
        Box::pin(std::future::ready(Err(HttpError::Internal(Some(
            "no reclaim downloads anything".into(),
        )))))
    }
}

struct NoLog;

impl RunLog for NoLog {
    fn line(&self, _: Level, _: String) {}
}

impl Reclaimer {
    /// Loads a connector with a grant for all its requests, and a bearer token for a server on
    /// loopback.
    pub(crate) fn new(connector: &str, base_url: &str, token: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let _guard = runtime.enter();
        let sandbox = Sandbox::new().unwrap();
        let connector = sandbox
            .compile(&std::fs::read(purser_tests::connector(connector)).unwrap())
            .unwrap();

        let description = runtime.block_on(connector.describe()).unwrap();
        let header = (
            "authorization".to_owned(),
            Secret::new(format!("Bearer {token}")),
        );
        let credential = Credential::new(
            vec![header],
            Vec::new(),
            vec![Secret::new(token.to_owned())],
        )
        .unwrap();

        let upstream = ClientConfig {
            base_url: purser_egress::check_base_url(base_url, true).unwrap(),
            credentials: Arc::new(StaticCredential(Arc::new(credential))),
            private_network: true,
            rate_limiter: Arc::new(RateLimiter::new(None)),
            rate_limit_responses: Vec::new(),
            retry: RetryPolicy::default(),
        };
        let channel = Egress::new().client(upstream).unwrap();

        let grant = Arc::new(Grant::as_requested(&description));
        let settings = description.complete(&Settings::new()).unwrap();
        drop(_guard);

        Self {
            runtime,
            connector,
            channel,
            grant,
            settings,
            _sandbox: sandbox,
        }
    }

    /// Reclaims one account.
    pub(crate) fn reclaim(
        &self,
        mode: ReclaimMode,
        account: &str,
    ) -> Result<ReclaimOutcome, CallError> {
        let permit = RequestScope {
            action: Action::Reclaim(mode),
            grant: Arc::clone(&self.grant),
        };
        let call = Call {
            limits: self.grant.limits.clone(),
            settings: self.settings.clone(),
            outbound: Arc::new(DirectOutbound(self.channel.clone(), permit)),
            log: Arc::new(NoLog),
        };

        let request = ReclaimRequest {
            mode,
            account: account.to_owned(),
            principal_name: None,
            product: None,
        };

        self.runtime.block_on(self.connector.reclaim(call, request))
    }
}
