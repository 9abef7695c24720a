//! Constructors for descriptions. Fields with a usual value have a method that changes them.

use crate::{
    Action, DataStream, Description, Method, RateLimit, RateLimitResponse, ReclaimMode,
    ReclaimOffer, RequestedAccess, SettingField, SettingType, SettingValue, StreamKind,
};

impl Description {
    /// Returns a description without streams.
    ///
    /// The name is in kebab-case, the version semantic (usually `env!("CARGO_PKG_VERSION")`), and
    /// the application has the name that its users know.
    #[must_use]
    pub fn new(name: &str, version: &str, application: &str) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            publisher: "unknown".into(),
            application: application.into(),
            summary: format!("Reads who holds a seat of {application}."),
            templates: Vec::new(),
            settings: Vec::new(),
            streams: Vec::new(),
            reclaims: Vec::new(),
            requested_access: Vec::new(),
            rate_limit: None,
            rate_limit_responses: Vec::new(),
        }
    }

    /// Sets the publisher. Default: `unknown`.
    #[must_use]
    pub fn publisher(mut self, publisher: &str) -> Self {
        self.publisher = publisher.into();
        self
    }

    /// Sets the purpose, in one sentence.
    #[must_use]
    pub fn summary(mut self, summary: &str) -> Self {
        self.summary = summary.into();
        self
    }

    /// Adds a configuration template that can authenticate its requests, best first: `bearer`,
    /// `basic`, `api-key-header`.
    #[must_use]
    pub fn template(mut self, name: &str) -> Self {
        self.templates.push(name.into());
        self
    }

    /// Adds a setting.
    #[must_use]
    pub fn setting(mut self, field: SettingField) -> Self {
        self.settings.push(field);
        self
    }

    /// Adds a stream.
    #[must_use]
    pub fn stream(mut self, stream: DataStream) -> Self {
        self.streams.push(stream);
        self
    }

    /// Adds a reclaim mode.
    #[must_use]
    pub fn reclaim(mut self, offer: ReclaimOffer) -> Self {
        self.reclaims.push(offer);
        self
    }

    /// Requests access below the connection's base URL, for one action.
    ///
    /// In the path, `*` matches one segment, and a last `**` the rest. The reason is one sentence
    /// for the operator who grants it.
    #[must_use]
    pub fn request(self, action: Action, methods: &[Method], path: &str, reason: &str) -> Self {
        self.access(action, methods, None, path, reason)
    }

    /// Requests access to another server, by its host name, with the port if it is not 443.
    #[must_use]
    pub fn request_at(
        self,
        host: &str,
        action: Action,
        methods: &[Method],
        path: &str,
        reason: &str,
    ) -> Self {
        self.access(action, methods, Some(host), path, reason)
    }

    /// Sets the documented rate limit: the number of requests in each period, in milliseconds.
    #[must_use]
    pub const fn rate_limit(mut self, requests: u32, period_ms: u64) -> Self {
        self.rate_limit = Some(RateLimit {
            requests,
            period_ms,
        });
        self
    }

    /// Adds a response that signals the rate limit with another status than 429 or 503, and with
    /// this text in its body. The host waits, and the connector receives it as 429.
    #[must_use]
    pub fn rate_limit_response(mut self, status: u16, body_contains: Option<&str>) -> Self {
        self.rate_limit_responses.push(RateLimitResponse {
            status,
            body_contains: body_contains.map(str::to_owned),
        });
        self
    }

    fn access(
        mut self,
        action: Action,
        methods: &[Method],
        host: Option<&str>,
        path: &str,
        reason: &str,
    ) -> Self {
        self.requested_access.push(RequestedAccess {
            action,
            methods: methods.to_vec(),
            host: host.map(str::to_owned),
            path: path.into(),
            reason: reason.into(),
        });
        self
    }
}

impl Action {
    /// Returns the action of reading this stream.
    #[must_use]
    pub fn read(stream: &str) -> Self {
        Self::Read(stream.into())
    }
}

impl DataStream {
    /// Returns a stream of accounts, with a name in kebab-case and a title.
    #[must_use]
    pub fn accounts(name: &str, title: &str) -> Self {
        Self::new(name, title, StreamKind::Accounts)
    }

    /// Returns a stream of activity, with a name in kebab-case and a title.
    #[must_use]
    pub fn activity(name: &str, title: &str) -> Self {
        Self {
            reports_activity: true,
            ..Self::new(name, title, StreamKind::Activity)
        }
    }

    /// Returns a stream of licence facts, with a name in kebab-case and a title.
    #[must_use]
    pub fn products(name: &str, title: &str) -> Self {
        Self::new(name, title, StreamKind::Products)
    }

    /// Declares that its records report activity.
    #[must_use]
    pub const fn reports_activity(mut self) -> Self {
        self.reports_activity = true;
        self
    }

    /// Declares that it honours `ReadRequest::since`.
    #[must_use]
    pub const fn incremental(mut self) -> Self {
        self.incremental = true;
        self
    }

    /// Declares that it reads the accounts in `ReadRequest::accounts`, which the host passes in
    /// batches. See [`map_accounts`](crate::map_accounts).
    #[must_use]
    pub const fn per_account(mut self) -> Self {
        self.per_account = true;
        self
    }

    fn new(name: &str, title: &str, kind: StreamKind) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            kind,
            reports_activity: false,
            incremental: false,
            per_account: false,
        }
    }
}

impl ReclaimOffer {
    /// Returns an offer that cannot be undone without loss. The summary is the effect, in one
    /// sentence for the approver.
    #[must_use]
    pub fn new(mode: ReclaimMode, summary: &str) -> Self {
        Self {
            mode,
            summary: summary.into(),
            reversible: false,
            target_product: None,
        }
    }

    /// Declares that the application can undo it without loss.
    #[must_use]
    pub const fn reversible(mut self) -> Self {
        self.reversible = true;
        self
    }

    /// Sets the product that the account has after a downgrade.
    #[must_use]
    pub fn target_product(mut self, product: &str) -> Self {
        self.target_product = Some(product.into());
        self
    }
}

impl SettingField {
    /// Returns an optional text, with a name in kebab-case, a label, and its effect in one
    /// sentence.
    #[must_use]
    pub fn text(name: &str, title: &str, help: &str) -> Self {
        Self::new(name, title, help, SettingType::Text)
    }

    /// Returns an optional whole number.
    #[must_use]
    pub fn integer(name: &str, title: &str, help: &str) -> Self {
        Self::new(name, title, help, SettingType::Integer)
    }

    /// Returns an optional boolean.
    #[must_use]
    pub fn boolean(name: &str, title: &str, help: &str) -> Self {
        Self::new(name, title, help, SettingType::Boolean)
    }

    /// Returns an optional choice between texts.
    #[must_use]
    pub fn choice(name: &str, title: &str, help: &str, choices: &[&str]) -> Self {
        Self::new(
            name,
            title,
            help,
            SettingType::Choice(choices.iter().map(|&choice| choice.into()).collect()),
        )
    }

    /// Makes it required: a profile without it cannot be published.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Sets the value for profiles that do not set it.
    #[must_use]
    pub fn default(mut self, value: impl Into<SettingValue>) -> Self {
        self.default = Some(value.into());
        self
    }

    fn new(name: &str, title: &str, help: &str, type_: SettingType) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            help: help.into(),
            type_,
            required: false,
            default: None,
        }
    }
}

impl From<&str> for SettingValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for SettingValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for SettingValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}
