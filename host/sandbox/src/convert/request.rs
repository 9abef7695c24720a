//! Arguments of a connector's functions: from the model to the WIT package.

use crate::bindings::{actions, types};
use crate::request::{Capability, ReadRequest, ReclaimRequest};
use purser_model::{AccountRef, Cursor, ReclaimMode, SettingValue, Settings, Timestamp};

/// Returns the argument of `check`.
pub(crate) fn check(capability: Capability, given: &Settings) -> actions::CheckRequest {
    let capability = match capability {
        Capability::Read(stream) => actions::Capability::Read(stream.into()),
        Capability::Reclaim(mode) => actions::Capability::Reclaim(reclaim_mode(mode)),
    };
    actions::CheckRequest {
        capability,
        settings: settings(given),
    }
}

/// Returns the argument of `read`.
pub(crate) fn read(request: ReadRequest, given: &Settings) -> actions::ReadRequest {
    actions::ReadRequest {
        stream: request.stream.into(),
        settings: settings(given),
        cursor: request
            .cursor
            .as_ref()
            .map(Cursor::as_str)
            .map(str::to_owned),
        since: request.since.map(Timestamp::as_millisecond),
        page_size: request.page_size,
        accounts: request.accounts.into_iter().map(account_ref).collect(),
    }
}

/// Returns the argument of `reclaim`.
pub(crate) fn reclaim(request: ReclaimRequest, given: &Settings) -> actions::ReclaimRequest {
    actions::ReclaimRequest {
        mode: reclaim_mode(request.mode),
        account: actions::AccountRef {
            id: request.account,
            principal_name: request.principal_name,
        },
        product: request.product,
        settings: settings(given),
    }
}

fn account_ref(AccountRef { id, principal_name }: AccountRef) -> actions::AccountRef {
    actions::AccountRef { id, principal_name }
}

fn settings(given: &Settings) -> Vec<actions::Setting> {
    given
        .iter()
        .map(|(name, value)| actions::Setting {
            name: name.clone(),
            value: setting_value(value),
        })
        .collect()
}

fn setting_value(value: &SettingValue) -> types::SettingValue {
    match value {
        SettingValue::Text(value) => types::SettingValue::Text(value.clone()),
        SettingValue::Integer(value) => types::SettingValue::Integer(*value),
        SettingValue::Boolean(value) => types::SettingValue::Boolean(*value),
    }
}

const fn reclaim_mode(mode: ReclaimMode) -> types::ReclaimMode {
    match mode {
        ReclaimMode::RemoveLicence => types::ReclaimMode::RemoveLicence,
        ReclaimMode::Suspend => types::ReclaimMode::Suspend,
        ReclaimMode::Delete => types::ReclaimMode::Delete,
        ReclaimMode::Downgrade => types::ReclaimMode::Downgrade,
    }
}
