//! Words for the cases of enumerations, the same in tables and in JSON.
//!
//! They are spelled out here, so that renaming a case elsewhere changes neither.

use purser_engine::licensing::{
    CandidateState, ComplianceStatus, CostGap, Figure, FindingKind, MatchRule, Usage,
};
use purser_engine::{DifferenceKind, FieldKind, Revocation};
use purser_model::{
    AccountKind, AccountStatus, Blame, ChangeKind, ConnectionState, Method, ProfileState,
    ReclaimMode, RunState, StreamKind, Term,
};

/// Gives an enumeration's cases their words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident($type:ty) { $($case:ident => $word:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        pub(crate) const fn $name(case: $type) -> &'static str {
            match case { $(<$type>::$case => $word),+ }
        }
    )+};
}

words! {
    /// Returns the word for a kind of account.
    account_kind(AccountKind) {
        Human => "human",
        Service => "service",
        Guest => "guest",
        Unspecified => "unspecified",
    }
    /// Returns the word for the status of an account.
    account_status(AccountStatus) {
        Active => "active",
        Suspended => "suspended",
        Invited => "invited",
        Unspecified => "unspecified",
    }
    /// Returns the word for the party at fault.
    blame(Blame) {
        Guest => "guest",
        Upstream => "upstream",
        Operator => "operator",
        Host => "host",
    }
    /// Returns the word for the state of a candidate.
    candidate_state(CandidateState) {
        Ready => "ready",
        AttentionRequired => "attention-required",
    }
    /// Returns the word for a compliance status.
    compliance_status(ComplianceStatus) {
        Compliant => "compliant",
        OverLicensed => "over-licensed",
        NotCompliant => "not-compliant",
        Unlicensed => "unlicensed",
        Unused => "unused",
    }
    /// Returns the word for the state of a connection.
    connection_state(ConnectionState) {
        Untested => "untested",
        Active => "active",
        NeedsAttention => "needs-attention",
        Revoked => "revoked",
    }
    /// Returns the word for the reason why a seat has no price.
    cost_gap(CostGap) {
        NoEntitlement => "no-entitlement",
        NotStated => "not-stated",
        MixedCurrencies => "mixed-currencies",
    }
    /// Returns the word for the subject of a change between two versions of a connector.
    description_part(ChangeKind) {
        Request => "request",
        Reclaim => "reclaim",
        Stream => "stream",
        Setting => "setting",
        Template => "template",
        Rate => "rate",
        Application => "application",
        Publisher => "publisher",
        Summary => "summary",
        Version => "version",
    }
    /// Returns the word for the type of a template's field.
    field_kind(FieldKind) {
        Text => "text",
        Url => "url",
        Host => "host",
        Words => "words",
        PrivateKey => "private-key",
    }
    /// Returns the name of a figure of a position.
    figure(Figure) {
        Owned => "owned",
        Allocated => "allocated",
        InUse => "in_use",
        Inactive => "inactive",
        NeverUsed => "never_used",
        Unknown => "unknown",
        InGrace => "in_grace",
        Exempt => "exempt",
        Reclaimable => "reclaimable",
        Required => "required",
        Available => "available",
        OverLicensed => "over_licensed",
        Shortfall => "shortfall",
        TrueUpCost => "true_up_cost",
        PotentialSavings => "potential_savings",
        AvailableCost => "available_cost",
    }
    /// Returns the word for a kind of finding.
    finding_kind(FindingKind) {
        Leaver => "leaver",
        Inactive => "inactive",
        NeverUsed => "never-used",
        Unmatched => "unmatched",
        Ambiguous => "ambiguous",
        ActivityUnknown => "activity-unknown",
    }
    /// Returns the word for the rule that matched an account to a person.
    match_rule(MatchRule) {
        Mapping => "mapping",
        EmployeeNumber => "employee-number",
        PrimaryEmail => "primary-email",
        Alias => "alias",
        PrincipalName => "principal-name",
        GuestName => "guest-name",
        DomainRewrite => "domain-rewrite",
    }
    /// Returns an HTTP method as it is sent.
    method(Method) {
        Get => "GET",
        Head => "HEAD",
        Post => "POST",
        Put => "PUT",
        Patch => "PATCH",
        Delete => "DELETE",
    }
    /// Returns the word for the state of a profile.
    profile_state(ProfileState) {
        Draft => "draft",
        Published => "published",
    }
    /// Returns the word for a way to reclaim a seat.
    reclaim_mode(ReclaimMode) {
        RemoveLicence => "remove-licence",
        Suspend => "suspend",
        Delete => "delete",
        Downgrade => "downgrade",
    }
    /// Returns the word for the subject of a difference between a recording and its replay.
    replay_point(DifferenceKind) {
        Stream => "stream",
        Request => "request",
        Records => "records",
        Rejected => "rejected",
        Row => "row",
        Next => "next",
        Partitions => "partitions",
        Outcome => "outcome",
    }
    /// Returns the word for the result of revoking a deleted connection's token.
    revocation(Revocation) {
        Revoked => "revoked",
        NotOffered => "not-offered",
        NoToken => "no-token",
        LeftOut => "left-out",
    }
    /// Returns the word for the state of a run.
    run_state(RunState) {
        Running => "running",
        Parked => "parked",
        Complete => "complete",
        Failed => "failed",
        Cancelled => "cancelled",
    }
    /// Returns the word for a kind of data stream.
    stream_kind(StreamKind) {
        Accounts => "accounts",
        Activity => "activity",
        Products => "products",
    }
    /// Returns the word for the term that a unit cost covers.
    term(Term) {
        Monthly => "monthly",
        Yearly => "yearly",
    }
    /// Returns the word for the use of a seat.
    usage(Usage) {
        InUse => "in-use",
        Inactive => "inactive",
        NeverUsed => "never-used",
        Unknown => "unknown",
    }
}
