//! Prefetched requests: while a page is processed, the request that the next call starts with is
//! already in flight.

use parking_lot::Mutex;
use purser_egress::{ByteBudget, ConnectionClient, RequestScope};
use purser_model::RequestStats;
use purser_model::{HttpError, Request, Response};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Result of a request, and the attempts that it took.
pub(super) type Sent = (Result<Response, HttpError>, RequestStats);

/// Slot for one prefetched request between the calls for two successive pages.
#[derive(Default)]
pub(crate) struct Prefetch(Mutex<Slot>);

#[derive(Default)]
struct Slot {
    /// Request and the task that sends it. Dropping the task aborts it.
    in_flight: Option<(Request, JoinSet<Sent>)>,
    /// Set once a prefetched request was not the one asked for. Nothing is prefetched after that.
    missed: bool,
}

impl Prefetch {
    /// Sends a request for the next call.
    pub(super) fn send(
        &self,
        client: &ConnectionClient,
        scope: &Arc<RequestScope>,
        request: Request,
    ) {
        let mut slot = self.0.lock();
        if slot.missed {
            return;
        }

        let client = client.clone();
        let scope = Arc::clone(scope);
        let sent = request.clone();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let total = scope.grant.limits.response_bytes_total;
            let budget = ByteBudget::new("response-bytes-total", total);
            client.send(&scope, sent, &budget).await
        });
        slot.in_flight = Some((request, task));
    }

    /// Takes the response to a request, if exactly that request was prefetched. Any other
    /// prefetched request is aborted.
    pub(super) async fn take(&self, request: &Request) -> Option<Sent> {
        let (sent, mut task) = self.0.lock().in_flight.take()?;
        if sent != *request {
            self.0.lock().missed = true;
            return None;
        }

        // why: after a panic of the task there is no response, and the request is sent again
        task.join_next().await?.ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail loudly")]
mod tests {
    use super::*;
    use purser_egress::{ClientConfig, Egress, RateLimiter, StaticCredential};
    use purser_model::{Action, Grant, Method, RetryPolicy};
    use purser_vault::Credential;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// Starts an application that responds to everything with 204 and counts the requests.
    async fn application(requests: Arc<AtomicUsize>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let requests = Arc::clone(&requests);
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                        requests.fetch_add(1, Ordering::SeqCst);
                        stream
                            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
                            .await
                            .unwrap();
                    }
                });
            }
        });
        base
    }

    fn get(target: &str) -> Request {
        let target = target.into();
        Request {
            method: Method::Get,
            target,
            headers: Vec::new(),
            body: None,
            idempotent: false,
        }
    }

    #[tokio::test]
    async fn prefetched_request_is_not_sent_again_and_prefetching_stops_after_a_miss() {
        let requests = Arc::new(AtomicUsize::new(0));
        let upstream = ClientConfig {
            base_url: application(Arc::clone(&requests)).await.parse().unwrap(),
            credentials: Arc::new(StaticCredential(Arc::new(
                Credential::new(Vec::new(), Vec::new(), Vec::new()).unwrap(),
            ))),
            private_network: true,
            rate_limiter: Arc::new(RateLimiter::new(None)),
            rate_limit_responses: Vec::new(),
            retry: RetryPolicy::default(),
        };
        let channel = Egress::new().client(upstream).unwrap();
        let rules = vec!["check GET /**".parse().unwrap()];
        let permit = Arc::new(RequestScope {
            action: Action::Check,
            grant: Arc::new(Grant {
                rules,
                ..Grant::default()
            }),
        });
        let prefetch = Prefetch::default();
        let seen = || requests.load(Ordering::SeqCst);

        assert!(
            prefetch.take(&get("/a")).await.is_none(),
            "nothing was prefetched"
        );
        prefetch.send(&channel, &permit, get("/a"));
        while seen() < 1 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let (response, stats) = prefetch.take(&get("/a")).await.unwrap();
        assert_eq!(
            (response.unwrap().status, stats.attempts, seen()),
            (204, 1, 1)
        );

        prefetch.send(&channel, &permit, get("/b"));
        assert!(
            prefetch.take(&get("/c")).await.is_none(),
            "it is another request"
        );
        let before = seen();
        prefetch.send(&channel, &permit, get("/d"));
        assert!(prefetch.take(&get("/d")).await.is_none());
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(seen() <= before.max(2), "it was not sent");
    }
}
