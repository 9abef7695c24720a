//! Use of the grant's limits by one call: host calls, requests, bytes and log lines. Memory and
//! time are counted elsewhere.

use crate::interrupt::OverLimit;
use purser_model::{Header, HttpError, Limits, Request, Response};

/// Largest number of header fields in a request: more than any application reads, and fewer than
/// the HTTP types can hold. Byte limits do not cover it, because an empty field takes memory too.
const MAX_HEADERS: usize = 1_000;

/// The counts of one call.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    host_calls: u64,
    requests: u64,
    response_bytes: u64,
    log_lines: u64,
    log_bytes: u64,
    dropped_lines: u64,
}

impl Budget {
    /// Returns an unused budget.
    pub(crate) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            host_calls: 0,
            requests: 0,
            response_bytes: 0,
            log_lines: 0,
            log_bytes: 0,
            dropped_lines: 0,
        }
    }

    /// Returns the limits.
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts a host call of any kind. Over the limit, the error ends the call: a refusal would not
    /// stop a guest that calls the host in a loop.
    pub(crate) fn host_call(&mut self) -> Result<(), OverLimit> {
        self.host_calls += 1;
        if self.host_calls > self.limits.host_calls {
            return Err(OverLimit {
                limit: "host-calls",
                value: self.limits.host_calls,
            });
        }
        Ok(())
    }

    /// Counts a request, before it is sent.
    pub(crate) fn request(&mut self, request: &Request) -> Result<(), HttpError> {
        let headers = request.headers.len();
        if headers > MAX_HEADERS {
            return Err(HttpError::Invalid(format!(
                "it has {headers} header fields; a request can have {MAX_HEADERS}"
            )));
        }

        if request_bytes(request) > self.limits.request_bytes {
            return Err(exhausted("request-bytes", self.limits.request_bytes));
        }
        if self.requests >= self.limits.requests {
            return Err(exhausted("requests", self.limits.requests));
        }
        if self.response_bytes >= self.limits.response_bytes_total {
            return Err(exhausted(
                "response-bytes-total",
                self.limits.response_bytes_total,
            ));
        }

        self.requests += 1;
        Ok(())
    }

    /// Counts a response, before the guest gets it.
    pub(crate) fn response(&mut self, response: &Response) -> Result<(), HttpError> {
        let bytes = response.body.len() as u64;
        if bytes > self.limits.response_bytes {
            return Err(HttpError::ResponseBodySize(self.limits.response_bytes));
        }

        self.response_bytes = self.response_bytes.saturating_add(bytes);
        if self.response_bytes > self.limits.response_bytes_total {
            return Err(exhausted(
                "response-bytes-total",
                self.limits.response_bytes_total,
            ));
        }
        Ok(())
    }

    /// Returns how many bytes the next log line may have. `None` counts the line as dropped.
    pub(crate) fn log_room(&mut self) -> Option<usize> {
        let room = self.limits.log_bytes.saturating_sub(self.log_bytes);
        if self.log_lines >= self.limits.log_lines || room == 0 {
            self.dropped_lines += 1;
            return None;
        }

        Some(usize::try_from(room).unwrap_or(usize::MAX))
    }

    /// Counts a log line.
    pub(crate) fn log_line(&mut self, bytes: usize) {
        self.log_lines += 1;
        self.log_bytes = self.log_bytes.saturating_add(bytes as u64);
    }

    /// Returns how many log lines were dropped.
    pub(crate) const fn dropped_lines(&self) -> u64 {
        self.dropped_lines
    }
}

/// Returns the size of a request that the limits count: target, headers and body, in bytes.
pub(crate) fn request_bytes(request: &Request) -> u64 {
    let headers: usize = request
        .headers
        .iter()
        .map(|header| header.name.len() + header.value.len())
        .sum();
    (request.target.len() + headers + request.body.as_ref().map_or(0, Vec::len)) as u64
}

/// Returns the memory that a request takes while it is in flight: its size and its Rust types.
pub(crate) fn held_bytes(request: &Request) -> u64 {
    let fields = request.headers.len().saturating_mul(size_of::<Header>());
    request_bytes(request).saturating_add((size_of::<Request>() + fields) as u64)
}

/// Returns the refusal of a request for which a limit is used up. It names the limit as a grant
/// does.
pub(crate) fn exhausted(limit: &str, value: u64) -> HttpError {
    HttpError::BudgetExhausted(format!("{limit} = {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::Method;

    fn request(body: usize) -> Request {
        let headers = vec![Header {
            name: "accept".into(),
            value: "*/*".into(),
        }];
        Request {
            method: Method::Post,
            target: "/".into(),
            headers,
            body: Some(vec![0; body]),
            idempotent: false,
        }
    }

    fn response(body: usize) -> Response {
        Response {
            status: 200,
            headers: vec![],
            body: vec![0; body],
        }
    }

    #[test]
    fn request_over_the_size_limit_is_refused() {
        let mut budget = Budget::new(Limits {
            request_bytes: 110,
            ..Limits::default()
        });
        assert_eq!(budget.request(&request(100)), Ok(()));
        assert_eq!(
            budget.request(&request(101)),
            Err(exhausted("request-bytes", 110))
        );
    }

    #[test]
    fn request_with_too_many_empty_headers_is_refused() {
        let mut budget = Budget::new(Limits::default());
        let nothing = Header {
            name: String::new(),
            value: String::new(),
        };
        let mut asked = request(0);
        asked.headers = vec![nothing.clone(); MAX_HEADERS];
        assert_eq!(budget.request(&asked), Ok(()));
        assert!(held_bytes(&asked) > request_bytes(&asked) + 24 * MAX_HEADERS as u64);
        asked.headers.push(nothing);
        let why = "it has 1001 header fields; a request can have 1000";
        assert_eq!(budget.request(&asked), Err(HttpError::Invalid(why.into())));
    }

    #[test]
    fn request_over_the_number_limit_is_refused() {
        let mut budget = Budget::new(Limits {
            requests: 2,
            ..Limits::default()
        });
        assert!(budget.request(&request(0)).is_ok() && budget.request(&request(0)).is_ok());
        assert_eq!(budget.request(&request(0)), Err(exhausted("requests", 2)));
    }

    #[test]
    fn response_over_the_single_or_total_limit_is_refused() {
        let mut budget = Budget::new(Limits {
            response_bytes: 10,
            response_bytes_total: 15,
            ..Limits::default()
        });
        assert_eq!(
            budget.response(&response(11)),
            Err(HttpError::ResponseBodySize(10))
        );
        assert_eq!(budget.response(&response(10)), Ok(()));
        assert_eq!(
            budget.response(&response(6)),
            Err(exhausted("response-bytes-total", 15))
        );
        assert_eq!(
            budget.request(&request(0)),
            Err(exhausted("response-bytes-total", 15))
        );
    }

    #[test]
    fn host_call_over_the_limit_ends_the_call() {
        let mut budget = Budget::new(Limits {
            host_calls: 1,
            ..Limits::default()
        });
        assert!(budget.host_call().is_ok());
        assert_eq!(
            budget.host_call(),
            Err(OverLimit {
                limit: "host-calls",
                value: 1
            })
        );
    }

    #[test]
    fn log_line_over_number_or_size_is_dropped() {
        let mut budget = Budget::new(Limits {
            log_lines: 2,
            log_bytes: 10,
            ..Limits::default()
        });
        assert_eq!(budget.log_room(), Some(10));
        budget.log_line(4);
        assert_eq!(budget.log_room(), Some(6));
        budget.log_line(1);
        assert_eq!(budget.log_room(), None);
        assert_eq!(budget.dropped_lines(), 1);
    }
}
