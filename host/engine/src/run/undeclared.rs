//! Activity from streams that declare to report none.

use purser_model::{DataStream, LastActivity, Page, Records};

/// Replaces `never` by `unknown` in a stream that declares to report no activity: it cannot know
/// that an account was never used, and a seat that was never used looks like waste.
pub(super) fn without_undeclared_activity(mut page: Page, stream: &DataStream) -> Page {
    if stream.reports_activity {
        return page;
    }

    match &mut page.records {
        Records::Accounts(accounts) => {
            let never = accounts
                .iter_mut()
                .filter(|account| account.last_activity == LastActivity::Never);
            for account in never {
                account.last_activity = LastActivity::Unknown;
                account.warnings.push(
                    "last-activity: never, from a stream that declares to report no activity; unknown instead".to_owned(),
                );
            }
        }
        Records::Activity(rows) => rows
            .iter_mut()
            .filter(|row| row.last_activity == LastActivity::Never)
            .for_each(|row| row.last_activity = LastActivity::Unknown),
        Records::Products(_) => {}
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::fetched::FetchedPage;
    use jiff::Timestamp;
    use purser_model::{Account, StreamKind};

    fn stream(reports_activity: bool) -> DataStream {
        DataStream {
            name: "users".parse().unwrap(),
            title: "Users".into(),
            kind: StreamKind::Accounts,
            reports_activity,
            incremental: false,
            per_account: false,
        }
    }

    fn read(activity: LastActivity, reports_activity: bool) -> Account {
        let account = Account {
            last_activity: activity,
            ..Account::default()
        };
        let mut page = FetchedPage::empty(StreamKind::Accounts, None).page;
        page.records = Records::Accounts(vec![account]);

        let page = without_undeclared_activity(page, &stream(reports_activity));
        let Records::Accounts(mut accounts) = page.records else {
            panic!("no accounts")
        };
        accounts.remove(0)
    }

    #[test]
    fn never_of_a_stream_without_activity_is_unknown_with_a_warning() {
        let account = read(LastActivity::Never, false);
        assert_eq!(account.last_activity, LastActivity::Unknown);
        assert!(account.warnings[0].starts_with("last-activity: never"));

        let declared = read(LastActivity::Never, true);
        assert_eq!(declared.last_activity, LastActivity::Never);
        assert!(declared.warnings.is_empty());
    }

    #[test]
    fn use_that_is_reported_undeclared_is_believed() {
        let at = LastActivity::At(Timestamp::UNIX_EPOCH);
        assert_eq!(read(at, false).last_activity, at);
    }
}
