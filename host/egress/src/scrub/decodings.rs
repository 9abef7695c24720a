//! Percent-decodings of a text. A server after a proxy decodes twice, so one decoding is not enough
//! to know how a text is read.

use percent_encoding::percent_decode;

/// The most decodings of one text. Without a bound, a few hundred kilobytes of `%2525…` would be
/// decoded for minutes.
const MAX_DECODINGS: usize = 8;

/// The text is encoded more often than any honest client encodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyDecodings;

/// Returns the text and the results of decoding it again and again, until it no longer changes.
pub(crate) fn percent_decodings(text: &[u8]) -> Result<Vec<Vec<u8>>, TooManyDecodings> {
    let mut decodings = Vec::new();
    let mut current = text.to_vec();
    loop {
        let decoded: Vec<u8> = percent_decode(&current).collect();
        let is_last = decoded == current;
        decodings.push(std::mem::replace(&mut current, decoded));
        match decodings.len() {
            _ if is_last => return Ok(decodings),
            MAX_DECODINGS => return Err(TooManyDecodings),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_decodings_include_every_stage() {
        assert_eq!(percent_decodings(b"a").unwrap(), [b"a"]);
        assert_eq!(
            percent_decodings(b"%252e").unwrap(),
            [b"%252e".to_vec(), b"%2e".to_vec(), b".".to_vec()]
        );
        assert_eq!(percent_decodings(b"100%").unwrap(), [b"100%"]);
    }

    #[test]
    fn percent_decodings_of_a_deep_encoding_are_refused() {
        let encoded = |times: usize| format!("%{}2e", "25".repeat(times));

        assert_eq!(
            percent_decodings(encoded(200_000).as_bytes()),
            Err(TooManyDecodings)
        );
        assert!(percent_decodings(encoded(MAX_DECODINGS - 3).as_bytes()).is_ok());
    }
}
