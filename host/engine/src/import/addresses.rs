//! Lists of addresses, as mail servers and directories export them.

use super::fields::quote;
use purser_model::{AddressError, parse_address};

/// Parses one address.
pub(super) fn parse_email(text: &str) -> Result<String, String> {
    parse_address(text).map_err(|error| error.to_string())
}

/// Parses a list of addresses, separated by semicolons, commas, bars or spaces.
///
/// Directories list addresses of other networks beside those of mail, each with its scheme, such as
/// `SIP:` and `X500:`. These are skipped.
pub(super) fn parse_addresses(text: &str) -> Result<Vec<String>, String> {
    let mut addresses = Vec::new();
    let mut is_foreign = false;

    for part in split(text) {
        match parse_address(part) {
            Ok(address) => {
                addresses.push(address);
                is_foreign = false;
            }
            Err(AddressError::Foreign) => is_foreign = true,
            // why: an address of X.400 or X.500 has separators in it
            Err(AddressError::Malformed) if is_foreign && !part.contains('@') => {}
            Err(error @ AddressError::Malformed) => {
                return Err(format!("contains {}, which {error}", quote(part)));
            }
        }
    }
    Ok(addresses)
}

/// Splits a list at its separators, outside of quotation marks and angle brackets. Spaces separate
/// only addresses that stand alone.
fn split(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let mut is_bracketed = false;
    let parts = text.split(|c: char| {
        match c {
            '"' => is_quoted = !is_quoted,
            '<' => is_bracketed = true,
            '>' => is_bracketed = false,
            _ => {}
        }
        matches!(c, ';' | ',' | '|') && !is_quoted && !is_bracketed
    });

    parts
        .flat_map(|part| {
            let words: Vec<_> = part.split_whitespace().collect();
            if words.iter().all(|word| word.contains('@')) {
                words
            } else {
                vec![part.trim()]
            }
        })
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_of_addresses_is_read_with_each_separator() {
        for list in [
            "a@x.example;b@x.example",
            "a@x.example, b@x.example,",
            "a@x.example b@x.example",
            " a@x.example | b@x.example ",
            "SMTP:a@x.example;smtp:b@x.example;SIP:c@x.example",
            "X500:/o=First, Inc/cn=a;SMTP:a@x.example;smtp:b@x.example",
            "smtp:a@x.example;X400:C=US;A= ;P=Org;S=a;smtp:b@x.example",
            "\"Test, A\" <a@x.example>, B <b@x.example>",
        ] {
            assert_eq!(
                parse_addresses(list).unwrap(),
                ["a@x.example", "b@x.example"],
                "{list}"
            );
        }
    }

    #[test]
    fn word_in_a_list_of_addresses_is_an_error() {
        for list in ["a@x.example;bogus", "a@x.example bogus", "n/a"] {
            assert!(parse_addresses(list).is_err(), "{list}");
        }
        assert_eq!(
            parse_addresses("SIP:a@x.example;n/a@").unwrap_err(),
            "contains \"n/a@\", which is not an e-mail address"
        );
    }
}
