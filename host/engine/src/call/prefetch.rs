//! Requests sent ahead: what a call says that the next one will begin with is on its way while the page is taken in.

use super::locked;
use purser_egress::{ByteBudget, Channel, Effort, Permit};
use purser_model::{HttpError, Request, Response};
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

/// What came of a request, and what it took.
pub(crate) type Answered = (Result<Response, HttpError>, Effort);

/// The place for one request between the calls for two pages that follow one another.
#[derive(Default)]
pub(crate) struct Ahead(Mutex<Slot>);

#[derive(Default)]
struct Slot {
    /// The request, and the task that sends it, which ends with this.
    under_way: Option<(Request, JoinSet<Answered>)>,
    /// A request that was sent ahead was not the one asked for: nothing is any more.
    missed: bool,
}

impl Ahead {
    /// Sends a request for the next call.
    pub(crate) fn send(&self, channel: &Channel, permit: &Arc<Permit>, request: Request) {
        let mut slot = locked(&self.0);
        if slot.missed {
            return;
        }
        let (channel, permit, sent) = (channel.clone(), Arc::clone(permit), request.clone());
        let mut task = JoinSet::new();
        task.spawn(async move {
            let budget = ByteBudget::new(
                "response-bytes-total",
                permit.grant.limits.response_bytes_total,
            );
            channel.send(&permit, sent, &budget).await
        });
        slot.under_way = Some((request, task));
    }

    /// The answer to a request that was sent ahead. Nothing where it was not: whatever was, is given up then.
    pub(crate) async fn answer(&self, request: &Request) -> Option<Answered> {
        let (sent, mut task) = locked(&self.0).under_way.take()?;
        if sent != *request {
            locked(&self.0).missed = true;
            return None;
        }
        // A task that panicked gave no answer; the request is sent anew.
        task.join_next().await?.ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail loudly")]
mod tests {
    use super::*;
    use purser_egress::{Egress, Fixed, Pace, Upstream};
    use purser_model::{Action, Grant, Method, RetryPolicy};
    use purser_vault::Credential;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// An application that answers everything with 204, and counts what it is asked.
    async fn application(asked: Arc<AtomicUsize>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let asked = Arc::clone(&asked);
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                        asked.fetch_add(1, Ordering::SeqCst);
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
            repeatable: false,
        }
    }

    #[tokio::test]
    async fn what_was_sent_ahead_is_not_sent_again_and_after_a_miss_nothing_is() {
        let asked = Arc::new(AtomicUsize::new(0));
        let upstream = Upstream {
            base_url: application(Arc::clone(&asked)).await.parse().unwrap(),
            credentials: Arc::new(Fixed(Arc::new(
                Credential::new(Vec::new(), Vec::new(), Vec::new()).unwrap(),
            ))),
            private_network: true,
            pace: Arc::new(Pace::new(None)),
            rate_limit_responses: Vec::new(),
            retry: RetryPolicy::default(),
        };
        let channel = Egress::new().unwrap().channel(upstream).unwrap();
        let rules = vec!["check GET /**".parse().unwrap()];
        let permit = Arc::new(Permit {
            action: Action::Check,
            grant: Arc::new(Grant {
                rules,
                ..Grant::default()
            }),
        });
        let ahead = Ahead::default();
        let seen = || asked.load(Ordering::SeqCst);

        assert!(
            ahead.answer(&get("/a")).await.is_none(),
            "nothing was sent ahead"
        );
        ahead.send(&channel, &permit, get("/a"));
        while seen() < 1 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let (answer, effort) = ahead.answer(&get("/a")).await.unwrap();
        assert_eq!(
            (answer.unwrap().status, effort.attempts, seen()),
            (204, 1, 1)
        );

        ahead.send(&channel, &permit, get("/b"));
        assert!(
            ahead.answer(&get("/c")).await.is_none(),
            "it is another request"
        );
        let before = seen();
        ahead.send(&channel, &permit, get("/d"));
        assert!(ahead.answer(&get("/d")).await.is_none());
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(seen() <= before.max(2), "it was not sent");
    }
}
