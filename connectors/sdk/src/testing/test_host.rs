//! The host of a test: calls one connector with a scripted application.

use super::script::{Script, recorded};
use super::{MockResponse, Request, description};
use crate::connector;
use crate::log::Level;
use crate::{
    AccountRef, Capability, CheckReport, CheckRequest, Client, Connector, Failure, Method, Page,
    ReadRequest, ReclaimMode, ReclaimOutcome, ReclaimRequest, Setting, SettingValue,
};
use purser_model::{Action, Grant};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Calls one connector, with a scripted application. See the [module](super).
#[derive(Debug)]
pub struct TestHost<C> {
    script: Rc<Script>,
    grant: Grant,
    settings: Vec<Setting>,
    cursor: Option<String>,
    page_size: u32,
    accounts: Vec<AccountRef>,
    log: RefCell<Vec<(Level, String)>>,
    connector: PhantomData<C>,
}

impl<C: Connector> TestHost<C> {
    /// Returns a host with the default settings, pages of 100 records, and a grant of all requested
    /// access.
    ///
    /// # Panics
    /// Panics if the host would refuse the description.
    #[must_use]
    pub fn new() -> Self {
        let described = C::describe();
        let grant = Grant::as_requested(&description::validated(&described));
        let default = |field: crate::SettingField| {
            Some(Setting {
                name: field.name,
                value: field.default?,
            })
        };
        let settings = described.settings.into_iter().filter_map(default).collect();
        Self {
            script: Rc::default(),
            grant,
            settings,
            cursor: None,
            page_size: 100,
            accounts: vec![],
            log: RefCell::default(),
            connector: PhantomData,
        }
    }

    /// Adds the next request that the connector must send, and its response.
    #[must_use]
    pub fn expect(self, method: Method, target: &str, response: impl Into<MockResponse>) -> Self {
        self.script
            .expected
            .borrow_mut()
            .push_back((method, target.into(), response.into()));
        self
    }

    /// Sets a setting of the profile.
    #[must_use]
    pub fn setting(mut self, name: &str, value: impl Into<SettingValue>) -> Self {
        self.settings.retain(|setting| setting.name != name);
        self.settings.push(Setting {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// Sets the cursor of the first page.
    #[must_use]
    pub fn cursor(mut self, cursor: &str) -> Self {
        self.cursor = Some(cursor.into());
        self
    }

    /// Sets the preferred number of records of a page. Default: 100.
    #[must_use]
    pub const fn page_size(mut self, rows: u32) -> Self {
        self.page_size = rows;
        self
    }

    /// Adds an account to read, for a stream that is read per account.
    #[must_use]
    pub fn account(mut self, id: &str) -> Self {
        self.accounts.push(AccountRef {
            id: id.into(),
            principal_name: None,
        });
        self
    }

    /// Reads one page.
    ///
    /// # Errors
    /// The failure of the connector.
    pub fn read(&self, stream: &str) -> Result<Page, Failure> {
        self.read_from(stream, self.cursor.clone())
    }

    /// Reads every page of every partition, as the host does.
    ///
    /// # Errors
    /// The failure of the connector.
    pub fn read_all(&self, stream: &str) -> Result<Vec<Page>, Failure> {
        let mut pages = Vec::new();
        let mut cursors = VecDeque::from([self.cursor.clone()]);
        while let Some(cursor) = cursors.pop_front() {
            let page = self.read_from(stream, cursor)?;
            // One partition after another; the host reads them in parallel.
            cursors.extend(page.partitions.iter().cloned().map(Some));
            if let Some(next) = &page.next {
                cursors.push_front(Some(next.clone()));
            }
            pages.push(page);
        }
        self.finish();
        Ok(pages)
    }

    /// Checks a capability.
    ///
    /// # Errors
    /// The failure of the connector.
    pub fn check(&self, capability: Capability) -> Result<CheckReport, Failure> {
        let request = CheckRequest {
            capability,
            settings: self.settings.clone(),
        };
        let report = self.call(Action::Check, async |app| {
            connector::check::<C>(&app, request).await
        });
        self.finish();
        report
    }

    /// Takes a seat back from the account with this id.
    ///
    /// # Errors
    /// The failure of the connector.
    pub fn reclaim(&self, mode: ReclaimMode, account: &str) -> Result<ReclaimOutcome, Failure> {
        let account = AccountRef {
            id: account.into(),
            principal_name: None,
        };
        self.reclaim_with(ReclaimRequest {
            mode,
            account,
            product: None,
            settings: self.settings.clone(),
        })
    }

    /// Takes a seat back, with the whole request given.
    ///
    /// # Errors
    /// The failure of the connector.
    pub fn reclaim_with(&self, request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        let action = Action::Reclaim(description::mode(request.mode));
        let outcome = self.call(action, async |app| C::reclaim(&app, request).await);
        self.finish();
        outcome
    }

    /// Returns the requests of the connector, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.script.received.borrow().clone()
    }

    /// Returns the lines that the connector logged.
    #[must_use]
    pub fn log(&self) -> Vec<(Level, String)> {
        self.log.borrow().clone()
    }

    fn read_from(&self, stream: &str, cursor: Option<String>) -> Result<Page, Failure> {
        let name = stream.parse().unwrap_or_else(|error| panic!("{error}"));
        let request = ReadRequest {
            stream: stream.into(),
            settings: self.settings.clone(),
            cursor,
            since: None,
            page_size: self.page_size,
            accounts: self.accounts.clone(),
        };
        self.call(Action::Read(name), async |app| C::read(&app, request).await)
    }

    fn call<T>(&self, action: Action, call: impl AsyncFnOnce(Client) -> T) -> T {
        *self.script.allowed.borrow_mut() = Some((action, self.grant.clone()));
        drop(recorded());
        let outcome = block_on(call(Client {
            script: Rc::clone(&self.script),
        }));
        self.log.borrow_mut().extend(recorded());
        outcome
    }

    fn finish(&self) {
        if let Some((method, target, _)) = self.script.expected.borrow().front() {
            panic!(
                "the test expects {} {target}, and the connector did not send it",
                method.as_str()
            );
        }
    }
}

impl<C: Connector> Default for TestHost<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs a future that waits only for scripted responses.
///
/// # Panics
/// Panics if it waits for anything else, because that would never happen.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    // Combinators may return before their parts are ready, to poll them fairly.
    for _ in 0..1_000_000 {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut context) {
            return outcome;
        }
    }
    panic!("the connector waits for something other than a response of the application");
}
