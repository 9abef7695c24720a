//! What one call has used up of what its grant gives it. Memory is counted in [`crate::limits`], time in [`crate::call`].

use crate::explain::OverLimit;
use purser_model::{Header, HttpError, Limits, Request, Response};

/// The most header fields of a request. Far above what any application reads, and below what the types of HTTP can hold. An empty field has
/// no bytes that a limit would count, and yet takes room.
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
    /// Nothing used yet.
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

    /// The limits counted against.
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts a host call of any kind. Over the limit the call ends: a guest that does nothing but call the host would not be stopped by a
    /// refusal.
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

    /// Counts an answer, before the guest gets it.
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

    /// How many bytes a line of the log may have, if there may be another. `None` counts the line as dropped.
    pub(crate) fn log_room(&mut self) -> Option<usize> {
        let room = self.limits.log_bytes.saturating_sub(self.log_bytes);
        if self.log_lines >= self.limits.log_lines || room == 0 {
            self.dropped_lines += 1;
            return None;
        }
        Some(usize::try_from(room).unwrap_or(usize::MAX))
    }

    /// Counts a line of the log.
    pub(crate) fn log_line(&mut self, bytes: usize) {
        self.log_lines += 1;
        self.log_bytes = self.log_bytes.saturating_add(bytes as u64);
    }

    /// How many lines of the log were dropped.
    pub(crate) const fn dropped_lines(&self) -> u64 {
        self.dropped_lines
    }
}

/// The size of a request as limits count it: target, headers and body.
pub(crate) fn request_bytes(request: &Request) -> u64 {
    let headers: usize = request
        .headers
        .iter()
        .map(|header| header.name.len() + header.value.len())
        .sum();
    (request.target.len() + headers + request.body.as_ref().map_or(0, Vec::len)) as u64
}

/// The room that a request takes while it is under way: what limits count, and what holds it together.
pub(crate) fn held_bytes(request: &Request) -> u64 {
    let fields = request.headers.len().saturating_mul(size_of::<Header>());
    request_bytes(request).saturating_add((size_of::<Request>() + fields) as u64)
}

/// The refusal of a request for which nothing is left; it names the limit as a grant does.
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
            repeatable: false,
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
    fn a_request_is_measured_whole() {
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
    fn fields_of_nothing_are_counted_too() {
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
    fn requests_run_out() {
        let mut budget = Budget::new(Limits {
            requests: 2,
            ..Limits::default()
        });
        assert!(budget.request(&request(0)).is_ok() && budget.request(&request(0)).is_ok());
        assert_eq!(budget.request(&request(0)), Err(exhausted("requests", 2)));
    }

    #[test]
    fn answers_are_limited_one_by_one_and_in_sum() {
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
    fn host_calls_run_out() {
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
    fn lines_run_out_by_number_and_by_size() {
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
