//! What a percent-encoded text may be read as. A server behind a proxy decodes twice, so one decoding is not enough to tell.

use percent_encoding::percent_decode;

/// How often a text may be encoded over. Without an end, a few hundred kilobytes of `%2525…` would be decoded for minutes.
const DEEPEST: usize = 8;

/// It is encoded over more often than anybody has reason to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooDeep;

/// The text itself, and what every further decoding makes of it.
///
/// # Errors
/// When there would be too many.
pub(crate) fn of(text: &[u8]) -> Result<Vec<Vec<u8>>, TooDeep> {
    let mut readings = Vec::new();
    let mut reading = text.to_vec();
    loop {
        let decoded: Vec<u8> = percent_decode(&reading).collect();
        let is_last = decoded == reading;
        readings.push(std::mem::replace(&mut reading, decoded));
        match readings.len() {
            _ if is_last => return Ok(readings),
            DEEPEST => return Err(TooDeep),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_decoding_is_a_reading() {
        assert_eq!(of(b"a").unwrap(), [b"a"]);
        assert_eq!(
            of(b"%252e").unwrap(),
            [b"%252e".to_vec(), b"%2e".to_vec(), b".".to_vec()]
        );
        assert_eq!(of(b"100%").unwrap(), [b"100%"]);
    }

    #[test]
    fn an_endless_encoding_ends() {
        assert_eq!(
            of(format!("%{}2e", "25".repeat(200_000)).as_bytes()),
            Err(TooDeep)
        );
        assert!(of(format!("%{}2e", "25".repeat(DEEPEST - 3)).as_bytes()).is_ok());
    }
}
