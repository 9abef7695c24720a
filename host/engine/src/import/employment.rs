//! Employment of a person, from the columns that tell of it.
//!
//! | status | day of leaving | employment |
//! |---|---|---|
//! | employed or none | none | employed |
//! | left | none | left |
//! | employed | in the past | unclear |
//! | any other | a day | leaves on that day |
//! | left or none | before the day of hiring | unclear |
//! | employed | before the day of hiring | employed: hired again |
//!
//! A placeholder such as 9999-12-31 is no day. A disabled sign-in alone says that somebody should
//! look: the person may be on leave.

use super::fields::parse_date;
use super::row::Row;
use super::spreadsheet::parse_truth;
use jiff::civil::Date;
use purser_model::Employment;
use purser_model::plausibility::is_placeholder_day;

/// Status of a person, as a directory states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Employed,
    Left,
    Unclear,
}

/// Parses the employment as of a day. Values that contradict each other become a note.
pub(super) fn parse_employment(row: &mut Row<'_>, today: Date) -> Employment {
    let status = row.optional("status", parse_status);
    let left_on = row.optional("left_on", parse_day).flatten();
    let hired_on = row.optional("hired_on", parse_day).flatten();
    let is_enabled = row.optional("account_enabled", parse_truth);

    let Some(day) = left_on else {
        return without_day(row, status, is_enabled);
    };
    if hired_on.is_some_and(|hired_on| hired_on > day) {
        return hired_again(row, status, day);
    }

    match status {
        Some(Status::Unclear) => Employment::Unclear(Some(day)),
        Some(Status::Employed) if day < today => {
            note(row, "employed", day, "counts as employed, and needs a look");
            Employment::Unclear(Some(day))
        }
        Some(Status::Left) if day > today => {
            note(row, "left", day, "counts as employed until that day");
            Employment::Left(Some(day))
        }
        _ => Employment::Left(Some(day)),
    }
}

fn without_day(row: &mut Row<'_>, status: Option<Status>, is_enabled: Option<bool>) -> Employment {
    match status {
        Some(Status::Left) => Employment::Left(None),
        Some(Status::Unclear) => Employment::Unclear(None),
        Some(Status::Employed) => Employment::Employed,
        None if is_enabled == Some(false) => {
            let text = "the sign-in is disabled, which does not say that the person left: counts \
                        as employed, and needs a look";
            row.note(Some("account_enabled"), text.to_owned());
            Employment::Unclear(None)
        }
        None => Employment::Employed,
    }
}

/// Returns the employment of a person whose day of leaving lies before the day of hiring.
fn hired_again(row: &mut Row<'_>, status: Option<Status>, day: Date) -> Employment {
    if status == Some(Status::Employed) {
        let text = format!("{day} is before the day of hiring: hired again");
        row.note(Some("left_on"), text);
        return Employment::Employed;
    }

    let text = format!("{day} is before the day of hiring: counts as employed, and needs a look");
    row.note(Some("left_on"), text);
    Employment::Unclear(Some(day))
}

fn note(row: &mut Row<'_>, status: &str, day: Date, result: &str) {
    let text = format!("the status is {status}, and the day of leaving {day}: {result}");
    row.note(Some("left_on"), text);
}

fn parse_status(text: &str) -> Result<Status, String> {
    match text.to_lowercase().as_str() {
        "employed" | "active" | "on leave" | "leave" | "leave of absence" => Ok(Status::Employed),
        "left" | "terminated" | "inactive" | "leaver" | "resigned" | "retired" => Ok(Status::Left),
        "unclear" => Ok(Status::Unclear),
        _ => Err("is not a status: use employed or left".to_owned()),
    }
}

/// Parses a day; `None` if it is a placeholder.
fn parse_day(text: &str) -> Result<Option<Date>, String> {
    // why: databases write this where they have none, and it is no date
    if text.starts_with("0000-00-00") {
        return Ok(None);
    }

    let day = parse_date(text)?;
    Ok((!is_placeholder_day(day)).then_some(day))
}
