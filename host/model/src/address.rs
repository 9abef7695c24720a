//! Comparison of what identifies a person: addresses, sign-in names and employee numbers.
//!
//! Two spellings of one mailbox are equal: letter case, Unicode normalisation, internationalised
//! domains (UTS 46), a dot after the domain, invisible characters from a web page or a mail
//! programme, and the wrappings that such programs put around an address. Two mailboxes stay
//! different: a tag after `+`, dots in the local part, and letters that only look alike.

use icu_normalizer::ComposingNormalizerBorrowed;
use std::borrow::Cow;

/// Schemes of addresses that are mail addresses, in lower case.
const MAIL_SCHEMES: [&str; 2] = ["mailto", "smtp"];

/// Marker in the sign-in names that Microsoft Entra gives to guests, in lower case.
const GUEST_MARKER: &str = "#ext#@";

/// Reason why a text is not an e-mail address, as a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It does not have the form of an address.
    #[error("is not an e-mail address")]
    Malformed,
    /// It is an address of another network, such as `sip:` or `X500:`.
    #[error("is an address of another network than mail")]
    Foreign,
}

/// Returns a text as it is compared: without wrappings and invisible characters, in lower case and
/// normal form C, its domain in ASCII. Two texts with equal results identify the same person.
///
/// Empty if the text has no visible character.
#[must_use]
pub fn fold_identity(text: &str) -> Cow<'_, str> {
    // why: nearly every value needs no change, and millions are compared
    if is_folded(text) {
        return Cow::Borrowed(text);
    }

    let visible = strip_invisible(text);
    let bare = unwrap(&visible);
    Cow::Owned(match bare.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{}", fold_text(local), fold_domain(domain)),
        None => fold_text(bare),
    })
}

/// Parses one e-mail address, as far as needed to notice something else. Returns it in the spelling
/// of the text, without wrappings: `mailto:`, `SMTP:`, `Name <…>`, quotation marks, a dot or a
/// separator after the domain, and invisible characters.
///
/// # Errors
/// It is not an address of mail.
pub fn parse_address(text: &str) -> Result<String, AddressError> {
    let visible = strip_invisible(text);
    if scheme(unquote(&visible)).is_some_and(|scheme| !MAIL_SCHEMES.contains(&&*scheme)) {
        return Err(AddressError::Foreign);
    }

    let bare = unwrap(&visible);
    let (local, domain) = bare.rsplit_once('@').ok_or(AddressError::Malformed)?;
    let is_unusual = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '|' | '(' | ')')
    };
    let has_form = !local.is_empty()
        && !local.contains('@')
        && !bare.contains(is_unusual)
        && domain.split('.').all(|label| !label.is_empty())
        && !domain.contains(['"', '\'', ':', '/', '\\', '[', ']', '#', '!', '?', '=', '*']);

    if has_form {
        Ok(bare.to_owned())
    } else {
        Err(AddressError::Malformed)
    }
}

/// Returns the address that a guest of Microsoft Entra signs in with at home: `ada@example.com` for
/// `ada_example.com#EXT#@tenant.onmicrosoft.com`. `None` for another name.
#[must_use]
pub fn guest_address(name: &str) -> Option<String> {
    let folded = fold_identity(name);
    let (home, _) = folded.split_once(GUEST_MARKER)?;
    // why: a domain has no underscore, so that the last one stands for the at sign
    let (local, domain) = home.rsplit_once('_')?;

    (!local.is_empty() && domain.contains('.')).then(|| format!("{local}@{domain}"))
}

/// Returns a text without white space at its ends, and without characters that are never seen:
/// zero-width spaces and joiners, soft hyphens, byte order marks, marks of direction.
#[must_use]
pub fn strip_invisible(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if !trimmed.contains(is_invisible) {
        return Cow::Borrowed(trimmed);
    }

    let visible: String = trimmed.chars().filter(|c| !is_invisible(*c)).collect();
    Cow::Owned(visible.trim().to_owned())
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns true if a text is its own folded form, as far as a look at its bytes tells.
fn is_folded(text: &str) -> bool {
    let is_plain = |byte: u8| {
        matches!(byte,
            b'a'..=b'z' | b'0'..=b'9' | b'@' | b'.' | b'-' | b'_' | b'+' | b'\\')
    };

    text.bytes().all(is_plain) && !text.ends_with('.') && !text.contains("xn--")
}

/// Removes what programs put around an address.
fn unwrap(text: &str) -> &str {
    let mut rest = text;
    // why: wrappings stand within each other, as in `"Ada" <mailto:ada@example.com>;`
    loop {
        let bare = unwrap_once(rest);
        if bare.len() == rest.len() {
            return bare;
        }
        rest = bare;
    }
}

fn unwrap_once(text: &str) -> &str {
    let text = text.trim();
    // why: only an address is in wrappings; other identifiers keep their punctuation
    if !text.contains('@') {
        return text;
    }

    let bracketed = text
        .strip_suffix('>')
        .and_then(|open| open.rsplit_once('<'))
        .map(|(_, address)| address);
    if let Some(address) = bracketed {
        return address;
    }

    let unquoted = unquote(text);
    if unquoted.len() < text.len() {
        return unquoted;
    }

    match text.split_once(':') {
        Some((scheme, address)) if MAIL_SCHEMES.contains(&&*scheme.to_ascii_lowercase()) => address,
        _ => text.trim_end_matches(['.', ',', ';']),
    }
}

/// Removes one pair of quotation marks, or a mark at one end that has no counterpart.
fn unquote(text: &str) -> &str {
    let text = text.trim();
    let is_mark = |c: char| {
        matches!(
            c,
            '\'' | '"' | '`' | '‘' | '’' | '“' | '”' | '„' | '«' | '»'
        )
    };

    let Some(inner) = text.strip_suffix(is_mark) else {
        return text;
    };
    inner.strip_prefix(is_mark).unwrap_or(inner)
}

/// Returns the scheme before an address, in lower case, such as `smtp`.
fn scheme(text: &str) -> Option<String> {
    let (scheme, _) = text.split_once(':')?;
    let is_scheme =
        (2..=12).contains(&scheme.len()) && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());

    is_scheme.then(|| scheme.to_ascii_lowercase())
}

fn fold_text(text: &str) -> String {
    let normalizer = ComposingNormalizerBorrowed::new_nfc();
    let lower = normalizer.normalize(text).to_lowercase();

    normalizer.normalize(&lower).into_owned()
}

/// Returns a domain in the form that the DNS knows; a text that is not a domain in lower case.
fn fold_domain(domain: &str) -> String {
    let ascii = idna::domain_to_ascii(domain).unwrap_or_else(|_| fold_text(domain));

    ascii.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_mailbox_are_equal() {
        for spelling in [
            "ada@example.com",
            "Ada@Example.COM",
            " ada@example.com\u{a0}",
            "ada@example.com\u{200b}",
            "\u{2060}ada@example.com",
            "ada@exam\u{ad}ple.com",
            "\u{feff}ada@example.com",
            "\u{202a}ada@example.com\u{202c}",
            "mailto:ada@example.com",
            "MAILTO:ada@example.com",
            "SMTP:ada@example.com",
            "<ada@example.com>",
            "Ada Test <ada@example.com>",
            "\"Test, Ada\" <mailto:ada@example.com>;",
            "'ada@example.com'",
            "“ada@example.com”",
            "ada@example.com'",
            "ada@example.com.",
            "ada@example.com;",
            "ada@example\u{3002}com",
            "ada@ｅｘａｍｐｌｅ.com",
        ] {
            assert_eq!(fold_identity(spelling), "ada@example.com", "{spelling:?}");
            assert_eq!(
                parse_address(spelling).map(|address| fold_identity(&address).into_owned()),
                Ok("ada@example.com".to_owned()),
                "{spelling:?}"
            );
        }
    }

    #[test]
    fn spellings_of_one_domain_and_of_one_letter_are_equal() {
        for spelling in [
            "zoë@bücher.example",
            "ZOË@BÜCHER.example",
            "zoe\u{308}@bu\u{308}cher.example",
            "zoë@xn--bcher-kva.example",
            "zoë@XN--BCHER-KVA.EXAMPLE.",
        ] {
            assert_eq!(fold_identity(spelling), "zoë@xn--bcher-kva.example");
        }
    }

    #[test]
    fn different_mailboxes_stay_different() {
        let folded: std::collections::BTreeSet<_> = [
            "ada@example.com",
            "ada+x@example.com",
            "a.da@example.com",
            "аda@example.com",
            "ada@example.org",
            "ada@ex-ample.com",
            "ada",
            "o'ada@example.com",
            "ada@straße.example",
            "ada@strasse.example",
        ]
        .into_iter()
        .map(fold_identity)
        .collect();

        assert_eq!(folded.len(), 10);
    }

    #[test]
    fn names_and_numbers_keep_their_punctuation() {
        for (name, folded) in [
            ("CORP\\Grace", "corp\\grace"),
            (" E1\u{200b}", "e1"),
            ("00123", "00123"),
            ("'s-gravenhage", "'s-gravenhage"),
            ("v. d. berg.", "v. d. berg."),
            ("\u{200b} ", ""),
            ("smtp:x", "smtp:x"),
        ] {
            assert_eq!(fold_identity(name), folded);
        }
    }

    #[test]
    fn text_of_another_kind_is_not_an_address() {
        for text in [
            "",
            "n/a",
            "ada",
            "@example.com",
            "ada@",
            "a b@example.com",
            "a@x;b@y",
            "ada@@example.com",
            "ada@example..com",
            "ada@.com",
            "ada@example.com (work)",
            "ada(at)example.com",
            "https://ada@example.com/",
        ] {
            assert!(parse_address(text).is_err(), "{text}");
        }
        for foreign in ["SIP:ada@example.com", "X500:/o=First/cn=ada", "EUM:1@x"] {
            assert_eq!(parse_address(foreign), Err(AddressError::Foreign));
        }
        assert_eq!(
            parse_address("O'Neil@example.com").as_deref(),
            Ok("O'Neil@example.com")
        );
    }

    #[test]
    fn guest_of_another_tenant_has_the_address_at_home() {
        assert_eq!(
            guest_address("Ada.L_x_Example.com#EXT#@tenant.onmicrosoft.com").as_deref(),
            Some("ada.l_x@example.com")
        );
        assert_eq!(guest_address("ada_example.com@tenant.example"), None);
        assert_eq!(guest_address("ada#EXT#@tenant.example"), None);
    }
}
