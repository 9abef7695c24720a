//! Constructors for what a connector says of itself. What has a usual value is left out and set by a method where it differs.

use crate::{
    Action, DataStream, Description, Method, RateHint, RateLimitResponse, ReclaimMode,
    ReclaimOffer, RequestedAccess, SettingField, SettingType, SettingValue, StreamKind,
};

impl Description {
    /// A connector by its name in kebab-case, its semantic version (usually `env!("CARGO_PKG_VERSION")`), and the name of the SaaS
    /// application that its users know.
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
            requests: Vec::new(),
            rate: None,
            rate_limit_responses: Vec::new(),
        }
    }

    /// Who made it.
    #[must_use]
    pub fn publisher(mut self, publisher: &str) -> Self {
        self.publisher = publisher.into();
        self
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn summary(mut self, summary: &str) -> Self {
        self.summary = summary.into();
        self
    }

    /// One more configuration template that can authenticate its requests, best first: `bearer`, `basic`, `api-key-header`.
    #[must_use]
    pub fn template(mut self, name: &str) -> Self {
        self.templates.push(name.into());
        self
    }

    /// One more setting.
    #[must_use]
    pub fn setting(mut self, field: SettingField) -> Self {
        self.settings.push(field);
        self
    }

    /// One more stream.
    #[must_use]
    pub fn stream(mut self, stream: DataStream) -> Self {
        self.streams.push(stream);
        self
    }

    /// One more way of taking a seat back.
    #[must_use]
    pub fn reclaim(mut self, offer: ReclaimOffer) -> Self {
        self.reclaims.push(offer);
        self
    }

    /// Asks to be allowed requests below the connection's base URL, for one action. In the path `*` stands for one segment, a last `**`
    /// for the rest. The reason is a sentence for the person who grants it.
    #[must_use]
    pub fn request(self, action: Action, methods: &[Method], path: &str, reason: &str) -> Self {
        self.wants(action, methods, None, path, reason)
    }

    /// Asks the same of a server other than the connection's own, by its host name, with a port where it is not 443.
    #[must_use]
    pub fn request_at(
        self,
        host: &str,
        action: Action,
        methods: &[Method],
        path: &str,
        reason: &str,
    ) -> Self {
        self.wants(action, methods, Some(host), path, reason)
    }

    /// How often the application may be asked: so many requests in so many milliseconds.
    #[must_use]
    pub const fn rate(mut self, requests: u32, per: u64) -> Self {
        self.rate = Some(RateHint { requests, per });
        self
    }

    /// An answer by which the application says that it was asked too often, although its status says something else than 429 or 503: this status,
    /// with this text in its body. The host waits, and the connector gets it as 429.
    #[must_use]
    pub fn limited_by(mut self, status: u16, body_has: Option<&str>) -> Self {
        self.rate_limit_responses.push(RateLimitResponse {
            status,
            body_has: body_has.map(str::to_owned),
        });
        self
    }

    fn wants(
        mut self,
        action: Action,
        methods: &[Method],
        host: Option<&str>,
        path: &str,
        reason: &str,
    ) -> Self {
        let (methods, host) = (methods.to_vec(), host.map(str::to_owned));
        self.requests.push(RequestedAccess {
            action,
            methods,
            host,
            path: path.into(),
            reason: reason.into(),
        });
        self
    }
}

impl Action {
    /// Reading the stream named.
    #[must_use]
    pub fn read(stream: &str) -> Self {
        Self::Read(stream.into())
    }
}

impl DataStream {
    /// A stream of accounts, by its name in kebab-case and its title.
    #[must_use]
    pub fn accounts(name: &str, title: &str) -> Self {
        Self::new(name, title, StreamKind::Accounts)
    }

    /// A stream of activity, by its name in kebab-case and its title.
    #[must_use]
    pub fn activity(name: &str, title: &str) -> Self {
        Self {
            reports_activity: true,
            ..Self::new(name, title, StreamKind::Activity)
        }
    }

    /// A stream of licence facts, by its name in kebab-case and its title.
    #[must_use]
    pub fn products(name: &str, title: &str) -> Self {
        Self::new(name, title, StreamKind::Products)
    }

    /// The same, whose accounts tell when they were last used.
    #[must_use]
    pub const fn reports_activity(mut self) -> Self {
        self.reports_activity = true;
        self
    }

    /// The same, honouring `ReadRequest::since`.
    #[must_use]
    pub const fn incremental(mut self) -> Self {
        self.incremental = true;
        self
    }

    /// The same, read for the accounts in `ReadRequest::accounts`, of which the host sends some at a time. See [`each`](crate::each).
    #[must_use]
    pub const fn per_account(mut self) -> Self {
        self.per_account = true;
        self
    }

    fn new(name: &str, title: &str, kind: StreamKind) -> Self {
        let (name, title) = (name.into(), title.into());
        Self {
            name,
            title,
            kind,
            reports_activity: false,
            incremental: false,
            per_account: false,
        }
    }
}

impl ReclaimOffer {
    /// A way of taking a seat back that cannot be undone without loss, with what happens in a sentence for the person who approves it.
    #[must_use]
    pub fn new(mode: ReclaimMode, summary: &str) -> Self {
        Self {
            mode,
            summary: summary.into(),
            reversible: false,
            floor_product: None,
        }
    }

    /// The same, where the application can undo it with nothing lost.
    #[must_use]
    pub const fn reversible(mut self) -> Self {
        self.reversible = true;
        self
    }

    /// The same, for a downgrade: the product that the account ends up with.
    #[must_use]
    pub fn floor_product(mut self, product: &str) -> Self {
        self.floor_product = Some(product.into());
        self
    }
}

impl SettingField {
    /// An optional setting that takes text, by its name in kebab-case, what a form shows, and what it does.
    #[must_use]
    pub fn text(name: &str, title: &str, help: &str) -> Self {
        Self::new(name, title, help, SettingType::Text)
    }

    /// An optional setting that takes a whole number.
    #[must_use]
    pub fn integer(name: &str, title: &str, help: &str) -> Self {
        Self::new(name, title, help, SettingType::Integer)
    }

    /// An optional setting that takes yes or no.
    #[must_use]
    pub fn boolean(name: &str, title: &str, help: &str) -> Self {
        Self::new(name, title, help, SettingType::Boolean)
    }

    /// An optional setting that takes one of the choices.
    #[must_use]
    pub fn choice(name: &str, title: &str, help: &str, choices: &[&str]) -> Self {
        Self::new(
            name,
            title,
            help,
            SettingType::Choice(choices.iter().map(|&choice| choice.into()).collect()),
        )
    }

    /// The same, without which a profile cannot be published.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, with what the connector receives when the profile is silent.
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
