//! Candidates for reclaim as text.

use super::{Table, number};
use purser_engine::licensing::{Candidate, CandidateState};

/// Returns a table of the shown candidates, with the total number.
pub(crate) fn list(shown: &[&Candidate], total: usize) -> String {
    if total == 0 {
        return "No candidate: no seat is known to be wasted.".into();
    }

    let count =
        |value: usize| number::counted(u64::try_from(value).unwrap_or(u64::MAX), "candidate");
    let tail = if shown.len() < total {
        format!("{} of {}.", shown.len(), count(total))
    } else {
        format!("{}.", count(total))
    };

    format!("{}\n\n{tail}", table(shown))
}

/// Returns a table of candidates.
pub(crate) fn table(candidates: &[&Candidate]) -> Table {
    let mut table = Table::new([
        "APPLICATION",
        "PRODUCT",
        "HOLDER",
        "WHY",
        ">SAVES A YEAR",
        "STATE",
    ]);
    for candidate in candidates {
        let saving = candidate
            .yearly_saving
            .map(|money| money.to_string())
            .unwrap_or_default();
        let application =
            super::with_connection(&candidate.application, candidate.connection.as_deref());
        let words = [
            &application,
            &candidate.product,
            holder(candidate),
            &candidate.evidence,
        ];
        table.row(words.into_iter().chain([&saving, &state(candidate)]));
    }

    table
}

/// Returns the best known name of the seat's holder.
fn holder(candidate: &Candidate) -> &String {
    let person = candidate.person.as_ref().map(|person| &person.name);
    let named = person
        .or(candidate.display_name.as_ref())
        .or(candidate.principal_name.as_ref());
    named.unwrap_or(&candidate.account)
}

fn state(candidate: &Candidate) -> String {
    match candidate.state {
        CandidateState::Ready => "ready".into(),
        CandidateState::AttentionRequired => {
            let reasons: Vec<_> = candidate
                .attention
                .iter()
                .map(ToString::to_string)
                .collect();
            format!("attention: {}", reasons.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixtures;

    #[test]
    fn candidate_row_has_holder_reason_saving_and_state() {
        let all = fixtures::reconciliation();
        let candidates: Vec<_> = all.candidates.iter().collect();

        let text = list(&candidates, candidates.len());
        let row = |who: &str| {
            text.lines()
                .find(|line| line.contains(who))
                .unwrap_or_default()
                .to_owned()
        };
        assert!(
            row(" Bo ").contains("100 days ago") && row(" Bo ").contains("120.00 EUR  ready"),
            "{text}"
        );
        assert!(
            row(" Cy ").contains("left on 2026-02-01")
                && row(" Cy ").contains("attention: it was used after the holder left"),
            "{text}"
        );
        assert!(
            row("nobody").contains("attention: no person is known to hold the account"),
            "{text}"
        );
        assert!(
            !row("nobody").contains("EUR"),
            "a seat that is not wasted saves nothing: {text}"
        );
        assert!(text.ends_with("4 candidates."), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn shortened_list_ends_with_the_total() {
        let all = fixtures::reconciliation();
        let candidates: Vec<_> = all.candidates.iter().collect();
        assert!(list(&candidates[..1], 4).ends_with("\n\n1 of 4 candidates."));
        assert!(list(&[], 0).starts_with("No candidate"));
    }
}
