//! Amounts as people and spreadsheets write them: `1,234.50`, `1.234,50`, `CHF 1'200.00`, `€12.50`.
//!
//! A mark with three digits after it, such as `1.200`, is either a decimal mark or a separator of
//! thousands. The text alone does not decide it; other amounts of the same file may.

use crate::Currency;
use rust_decimal::Decimal;

/// Mark between the whole units and the decimals of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalMark {
    /// As in `1,234.50`.
    Point,
    /// As in `1.234,50`.
    Comma,
}

/// Reason why a text is not an amount of a currency, as a clause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// It is not a number.
    #[error("is not an amount: write it such as 1234.50")]
    Malformed,
    /// It is in scientific notation, which loses digits.
    #[error("is a number in scientific notation: format the column as text or as a number")]
    Scientific,
    /// It has one mark, and three digits after it.
    #[error(
        "is either {} or {}: write it without separators of thousands",
        with_decimals,
        with_thousands
    )]
    Ambiguous {
        /// The amount if the mark is a decimal mark.
        with_decimals: String,
        /// The amount if the mark separates thousands.
        with_thousands: String,
    },
    /// It has more decimals than the currency.
    #[error("has more decimals than {currency}, which has {decimals}")]
    TooFine {
        /// Code of the currency.
        currency: &'static str,
        /// Decimals of the currency.
        decimals: u32,
    },
    /// It names another currency.
    #[error("is not in {expected}")]
    OtherCurrency {
        /// Code of the stated currency.
        expected: &'static str,
    },
    /// It has the sign of another currency, such as `$`.
    #[error("has a sign of a currency other than the stated one: write the number only")]
    OtherSign,
    /// It is less than zero.
    #[error("is negative")]
    Negative,
}

/// Number without its grouping, and the mark that it shows to be the decimal mark.
struct Number {
    decimal: Decimal,
    mark: Option<DecimalMark>,
}

impl DecimalMark {
    /// Returns the decimal mark that an amount shows by itself; `None` if it shows none.
    #[must_use]
    pub fn shown_by(text: &str) -> Option<Self> {
        let (number, _) = split_currency(text);
        parse_number(number, None).ok()?.mark
    }

    const fn from_char(mark: char) -> Self {
        match mark {
            ',' => Self::Comma,
            _ => Self::Point,
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// Parses an amount of a currency. `mark` is the decimal mark that other amounts of the same file
/// show; absent if they show none or contradict each other.
///
/// # Errors
/// The amount is malformed, negative or ambiguous, or not one of the currency.
pub fn parse_amount(
    text: &str,
    currency: Currency,
    mark: Option<DecimalMark>,
) -> Result<Decimal, AmountError> {
    let (number, sign) = split_currency(text);
    check_currency(sign, currency)?;
    let amount = parse_number(number, mark)?.decimal;

    if amount.is_sign_negative() && !amount.is_zero() {
        return Err(AmountError::Negative);
    }
    let decimals = u32::from(currency.exponent().unwrap_or(0));
    if amount.normalize().scale() > decimals {
        return Err(AmountError::TooFine {
            currency: currency.code(),
            decimals,
        });
    }
    Ok(amount)
}

/// Splits a text into a number and what stands before or after it, such as `€` or `EUR`.
fn split_currency(text: &str) -> (&str, &str) {
    let text = text.trim();
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '−' | '(');

    let Some(start) = text.find(is_number) else {
        return ("", text);
    };
    let (before, rest) = text.split_at(start);
    let end = rest
        .rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ')'))
        .map_or(0, |last| last + 1);
    let (number, after) = rest.split_at(end);

    match (before.trim(), after.trim()) {
        ("", after) => (number, after),
        (before, "") => (number, before),
        // why: text on both sides is not the sign of a currency, and no number either
        _ => (text, ""),
    }
}

fn check_currency(sign: &str, currency: Currency) -> Result<(), AmountError> {
    let is_code = sign.len() == 3 && sign.bytes().all(|byte| byte.is_ascii_alphabetic());
    let symbol = currency.symbol();

    if sign.is_empty() || sign.eq_ignore_ascii_case(currency.code()) || sign == symbol.symbol {
        Ok(())
    } else if is_code {
        Err(AmountError::OtherCurrency {
            expected: currency.code(),
        })
    } else if sign.chars().count() <= 3 {
        Err(AmountError::OtherSign)
    } else {
        Err(AmountError::Malformed)
    }
}

fn parse_number(text: &str, mark: Option<DecimalMark>) -> Result<Number, AmountError> {
    let text = text.trim();
    let (is_negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    if is_scientific(digits) {
        return Err(AmountError::Scientific);
    }

    // why: only one kind of separator of thousands may stand beside a decimal mark
    let spaced = digits.contains(is_space_or_apostrophe);
    let marks: Vec<char> = digits.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let number = match (marks.as_slice(), spaced) {
        ([], false) => plain(digits, "", None),
        ([], true) => plain(&ungroup(digits, is_space_or_apostrophe)?, "", None),
        ([only], true) => {
            let (whole, decimals) = digits.rsplit_once(*only).unwrap_or_default();
            let whole = ungroup(whole, is_space_or_apostrophe)?;
            plain(&whole, decimals, Some(DecimalMark::from_char(*only)))
        }
        ([only], false) => one_mark(digits, *only, mark),
        ([first, .., last], false) if first != last => {
            let (whole, decimals) = digits.rsplit_once(*last).unwrap_or_default();
            let whole = ungroup(whole, |c| c == *first)?;
            plain(&whole, decimals, Some(DecimalMark::from_char(*last)))
        }
        ([first, ..], false) => {
            let whole = ungroup(digits, |c| c == *first)?;
            plain(&whole, "", Some(DecimalMark::from_char(*first).other()))
        }
        _ => Err(AmountError::Malformed),
    }?;

    Ok(Number {
        decimal: if is_negative {
            -number.decimal
        } else {
            number.decimal
        },
        ..number
    })
}

/// Parses a number with one mark, which may separate thousands.
fn one_mark(text: &str, mark: char, known: Option<DecimalMark>) -> Result<Number, AmountError> {
    let (whole, decimals) = text.rsplit_once(mark).unwrap_or_default();
    let shown = DecimalMark::from_char(mark);
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let may_group = is_digits(whole)
        && is_digits(decimals)
        && decimals.len() == 3
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0');
    if !may_group {
        return plain(whole, decimals, Some(shown));
    }

    // why: such a number shows no mark itself, so that it cannot decide about another
    match known {
        Some(known) if known == shown => plain(whole, decimals, None),
        Some(_) => plain(&format!("{whole}{decimals}"), "", None),
        None => Err(AmountError::Ambiguous {
            with_decimals: format!("{whole}.{decimals}"),
            with_thousands: format!("{whole}{decimals}"),
        }),
    }
}

/// Parses digits; `decimals` may be empty.
fn plain(whole: &str, decimals: &str, mark: Option<DecimalMark>) -> Result<Number, AmountError> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) || whole.is_empty() && decimals.is_empty() {
        return Err(AmountError::Malformed);
    }
    let text = format!(
        "{}.{}",
        if whole.is_empty() { "0" } else { whole },
        decimals
    );
    let decimal = text
        .trim_end_matches('.')
        .parse()
        .map_err(|_| AmountError::Malformed)?;
    Ok(Number { decimal, mark })
}

/// Removes separators of thousands. Each must stand before exactly three digits.
fn ungroup(text: &str, is_separator: impl Fn(char) -> bool) -> Result<String, AmountError> {
    let mut groups = text.split(&is_separator);
    let first = groups.next().unwrap_or_default();
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);

    if is_grouped {
        Ok(text.chars().filter(|c| !is_separator(*c)).collect())
    } else {
        Err(AmountError::Malformed)
    }
}

fn is_space_or_apostrophe(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '’')
}

/// Returns true for a number such as `1.23457E+11`.
pub(crate) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_mantissa = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');

    !mantissa.is_empty()
        && mantissa.bytes().all(is_mantissa)
        && !exponent.is_empty()
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, currency: Currency, mark: Option<DecimalMark>) -> String {
        match parse_amount(text, currency, mark) {
            Ok(amount) => amount.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn amount_that_says_its_mark_is_read() {
        for (text, amount) in [
            ("12.50", "12.50"),
            ("12,50", "12.50"),
            ("12,5", "12.5"),
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("1.234.567,89", "1234567.89"),
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("1 234,50", "1234.50"),
            ("1\u{202f}234,50", "1234.50"),
            ("1'200.00", "1200.00"),
            ("1234.50", "1234.50"),
            ("0.120", "0.120"),
            ("1200", "1200"),
            (".5", "0.5"),
            ("12.5000", "12.5000"),
            ("€12.50", "12.50"),
            ("€ 1.234,50", "1234.50"),
            ("12,50 €", "12.50"),
            ("12.50 EUR", "12.50"),
            ("eur 12.50", "12.50"),
        ] {
            assert_eq!(read(text, Currency::EUR, None), amount, "{text}");
        }
        assert_eq!(read("CHF 1'200.00", Currency::CHF, None), "1200.00");
    }

    #[test]
    fn three_digits_after_the_only_mark_are_ambiguous_until_another_amount_decides() {
        let point = Some(DecimalMark::Point);
        let comma = Some(DecimalMark::Comma);

        assert_eq!(
            read("1.200", Currency::EUR, None),
            "is either 1.200 or 1200: write it without separators of thousands"
        );
        assert!(read("1,200", Currency::USD, None).starts_with("is either 1.200 or 1200"));
        assert!(read("€1.200", Currency::EUR, None).starts_with("is either"));
        assert_eq!(read("1.200", Currency::EUR, comma), "1200");
        assert_eq!(read("1.200", Currency::EUR, point), "1.200");
        assert_eq!(read("1,200", Currency::EUR, point), "1200");
        assert_eq!(read("1.200", Currency::KWD, point), "1.200");
        assert!(read("1.200", Currency::KWD, None).starts_with("is either"));
    }

    #[test]
    fn amount_finer_than_the_currency_is_refused() {
        for (text, currency, decimals) in [
            ("1.2345", Currency::EUR, 2),
            ("0.125", Currency::USD, 2),
            ("12.5", Currency::JPY, 0),
            ("1234.5678", Currency::KWD, 3),
        ] {
            let message = format!(
                "has more decimals than {}, which has {decimals}",
                currency.code()
            );
            assert_eq!(read(text, currency, None), message);
        }
        let point = Some(DecimalMark::Point);
        assert!(read("12.345", Currency::JPY, point).starts_with("has more decimals than JPY"));
        assert_eq!(read("1200.00", Currency::JPY, None), "1200.00");
    }

    #[test]
    fn text_that_is_not_an_amount_is_refused() {
        for text in [
            "",
            "twelve",
            "1_000",
            "1,23,456",
            "1.2.3",
            "1,234.567.890",
            "12.5.",
            "1 2",
            "12 50",
            "1''000",
            "EUR 5 EUR",
            "5/seat",
            "1.234,50.6",
            "approx. 5",
        ] {
            assert!(parse_amount(text, Currency::EUR, None).is_err(), "{text}");
        }
        for (text, message) in [
            ("-1", "is negative"),
            ("(5.00)", "is not an amount: write it such as 1234.50"),
            (
                "1.2E+3",
                "is a number in scientific notation: format the column as text or as a number",
            ),
            ("12.50 USD", "is not in EUR"),
            (
                "$12.50",
                "has a sign of a currency other than the stated one: write the number only",
            ),
        ] {
            assert_eq!(read(text, Currency::EUR, None), message, "{text}");
        }
    }

    #[test]
    fn decimal_mark_is_shown_only_by_an_amount_that_decides() {
        for (text, mark) in [
            ("1.234,50", Some(DecimalMark::Comma)),
            ("1.234.567", Some(DecimalMark::Comma)),
            ("12.50", Some(DecimalMark::Point)),
            ("€12,5", Some(DecimalMark::Comma)),
            ("1.200", None),
            ("1200", None),
            ("n/a", None),
        ] {
            assert_eq!(DecimalMark::shown_by(text), mark, "{text}");
        }
    }
}
