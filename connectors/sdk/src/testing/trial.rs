//! One connector on trial.

use super::script::{Script, recorded};
use super::{Reply, Request, description};
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

/// A connector with a scripted application. See the [module](super).
#[derive(Debug)]
pub struct Trial<C> {
    script: Rc<Script>,
    grant: Grant,
    settings: Vec<Setting>,
    cursor: Option<String>,
    page_size: u32,
    accounts: Vec<AccountRef>,
    log: RefCell<Vec<(Level, String)>>,
    connector: PhantomData<C>,
}

impl<C: Connector> Trial<C> {
    /// A trial with the default settings, pages of 100 records, and all that the description asks for granted.
    ///
    /// # Panics
    /// When the host would not take the description.
    #[must_use]
    pub fn new() -> Self {
        let described = C::describe();
        let grant = Grant::as_requested(&description::as_the_host_reads_it(&described));
        let default = |field: crate::SettingField| {
            Some(Setting {
                name: field.name,
                value: field.default?,
            })
        };
        let settings = described.settings.into_iter().filter_map(default).collect();
        let (script, log) = (Rc::default(), RefCell::default());
        Self {
            script,
            grant,
            settings,
            cursor: None,
            page_size: 100,
            accounts: vec![],
            log,
            connector: PhantomData,
        }
    }

    /// The next request that the connector will send, and the answer.
    #[must_use]
    pub fn expect(self, method: Method, target: &str, reply: impl Into<Reply>) -> Self {
        self.script
            .expected
            .borrow_mut()
            .push_back((method, target.into(), reply.into()));
        self
    }

    /// A setting of the profile.
    #[must_use]
    pub fn setting(mut self, name: &str, value: impl Into<SettingValue>) -> Self {
        self.settings.retain(|setting| setting.name != name);
        self.settings.push(Setting {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// Where reading begins.
    #[must_use]
    pub fn cursor(mut self, cursor: &str) -> Self {
        self.cursor = Some(cursor.into());
        self
    }

    /// How many records a page should have.
    #[must_use]
    pub const fn page_size(mut self, rows: u32) -> Self {
        self.page_size = rows;
        self
    }

    /// One more account that the page is about, for a stream that is read by account.
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
    /// What the connector says.
    pub fn read(&self, stream: &str) -> Result<Page, Failure> {
        self.read_from(stream, self.cursor.clone())
    }

    /// Reads every page, as the host does.
    ///
    /// # Errors
    /// What the connector says.
    pub fn read_all(&self, stream: &str) -> Result<Vec<Page>, Failure> {
        let mut pages = Vec::new();
        let mut places = VecDeque::from([self.cursor.clone()]);
        while let Some(cursor) = places.pop_front() {
            let page = self.read_from(stream, cursor)?;
            // One part after another; the host reads them beside one another.
            places.extend(page.partitions.iter().cloned().map(Some));
            if let Some(next) = &page.next {
                places.push_front(Some(next.clone()));
            }
            pages.push(page);
        }
        self.finish();
        Ok(pages)
    }

    /// Tries a capability.
    ///
    /// # Errors
    /// What the connector says.
    pub fn check(&self, capability: Capability) -> Result<CheckReport, Failure> {
        let request = CheckRequest {
            capability,
            settings: self.settings.clone(),
        };
        let report = self.call(Action::Check, async |app| C::check(&app, request).await);
        self.finish();
        report
    }

    /// Takes a seat back from the account with this identifier.
    ///
    /// # Errors
    /// What the connector says.
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

    /// Takes a seat back, with every part of the request given.
    ///
    /// # Errors
    /// What the connector says.
    pub fn reclaim_with(&self, request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        let action = Action::Reclaim(description::mode(request.mode));
        let outcome = self.call(action, async |app| C::reclaim(&app, request).await);
        self.finish();
        outcome
    }

    /// What was sent, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.script.asked.borrow().clone()
    }

    /// What was written to the run's log.
    #[must_use]
    pub fn log(&self) -> Vec<(Level, String)> {
        self.log.borrow().clone()
    }

    fn read_from(&self, stream: &str, cursor: Option<String>) -> Result<Page, Failure> {
        let name = stream.parse().unwrap_or_else(|error| panic!("{error}"));
        let (settings, page_size) = (self.settings.clone(), self.page_size);
        let request = ReadRequest {
            stream: stream.into(),
            settings,
            cursor,
            since: None,
            page_size,
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
                "the test expects {} {target}, and the connector did not ask it",
                method.as_str()
            );
        }
    }
}

impl<C: Connector> Default for Trial<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs a future that waits for nothing but scripted answers.
///
/// # Panics
/// When it waits for something else, which nothing here would ever bring about.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    // Combinators that poll their parts fairly return in between.
    for _ in 0..1_000_000 {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut context) {
            return outcome;
        }
    }
    panic!("the connector waits for something that is no answer of the application");
}
