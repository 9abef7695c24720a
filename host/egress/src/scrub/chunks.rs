//! Scrubs a body in chunks while it arrives.

use crate::scrub::Scrubber;
use purser_model::HttpError;

/// The size of a chunk in bytes, if the body can be split there.
const CHUNK_BYTES: usize = 256 << 10;

/// The most bytes that are buffered. A text that cannot be split within them is of no format that a
/// connector reads.
const MAX_BUFFERED: usize = 1 << 20;

/// A buffer for a body that arrives. The chunks together equal the scrubbed whole: a credential
/// that spans two deliveries lies within one chunk.
pub(crate) struct ChunkScrubber {
    buffer: Vec<u8>,
    chunk_bytes: usize,
}

impl Default for ChunkScrubber {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            chunk_bytes: CHUNK_BYTES,
        }
    }
}

impl ChunkScrubber {
    /// Appends bytes that arrived.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns the next scrubbed chunk, or `None` until enough has arrived.
    ///
    /// # Errors
    /// Fails if more than [`MAX_BUFFERED`] bytes arrived that cannot be split anywhere.
    pub(crate) fn next_chunk(&mut self, scrubber: &Scrubber) -> Result<Option<Vec<u8>>, HttpError> {
        if self.buffer.len() < self.chunk_bytes {
            return Ok(None);
        }

        let split = self
            .buffer
            .get(..self.chunk_bytes)
            .and_then(|first| scrubber.safe_split(first))
            .or_else(|| scrubber.safe_split(&self.buffer));
        match split {
            Some(split) => {
                let rest = self.buffer.split_off(split);
                let chunk = std::mem::replace(&mut self.buffer, rest);
                Ok(Some(scrubber.body_in_place(chunk)))
            }
            None if self.buffer.len() >= MAX_BUFFERED => Err(HttpError::ContentCoding(format!(
                "{MAX_BUFFERED} bytes of it hold no line break, comma or quotation mark, so it cannot be searched for the credential"
            ))),
            None => Ok(None),
        }
    }

    /// Returns the last chunk once everything has arrived; `None` if nothing is left.
    pub(crate) fn finish(&mut self, scrubber: &Scrubber) -> Option<Vec<u8>> {
        let rest = std::mem::take(&mut self.buffer);
        (!rest.is_empty()).then(|| scrubber.body_in_place(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{basic, bearer};
    use proptest::prelude::*;
    use purser_vault::Credential;
    use std::sync::LazyLock;

    const SECRET: &str = "s3cr3t/with+odd=chars";

    fn scrubber() -> &'static Scrubber {
        static SCRUBBER: LazyLock<Scrubber> = LazyLock::new(|| {
            let patterns: Vec<_> = [basic("ann", SECRET), bearer(SECRET)]
                .iter()
                .flat_map(Credential::redaction_patterns)
                .collect();
            Scrubber::new(&patterns).unwrap()
        });
        &SCRUBBER
    }

    /// Scrubs a body that arrives in these deliveries. Returns the scrubbed body, and the number of
    /// chunks before the last.
    fn scrub_in_chunks(deliveries: &[&[u8]], chunk_bytes: usize) -> (Vec<u8>, usize) {
        let mut chunks = ChunkScrubber {
            chunk_bytes,
            ..ChunkScrubber::default()
        };
        let mut scrubbed = Vec::new();
        let mut count = 0;

        for delivery in deliveries {
            chunks.push(delivery);
            while let Some(chunk) = chunks.next_chunk(scrubber()).unwrap() {
                scrubbed.extend(chunk);
                count += 1;
            }
        }

        scrubbed.extend(chunks.finish(scrubber()).unwrap_or_default());

        (scrubbed, count)
    }

    /// Fragments of a body: the secret, its encodings in whole or in part, and characters of
    /// escapes.
    fn fragment() -> impl Strategy<Value = Vec<u8>> {
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let unicode: String = SECRET
            .bytes()
            .map(|byte| format!("\\u{byte:04x}"))
            .collect();
        let entities: String = SECRET.bytes().map(|byte| format!("&#{byte};")).collect();
        let twice = percent.replace('%', "%25");
        let slashes = SECRET.replace('/', "\\/");
        let written = vec![
            SECRET.to_owned(),
            format!("Bearer {SECRET}"),
            hex,
            percent,
            unicode,
            entities,
            twice,
            slashes,
        ];
        let odd: Vec<_> = [
            "\n", ",", "\"", " ", "\\", "%", "%25", "&", "&#", ";", "\\u00", "7", "a", "{", ":",
            "\r\n", "é",
        ]
        .map(str::to_owned)
        .into();
        prop_oneof![
            3 => prop::sample::select(written.clone()).prop_map(String::into_bytes),
            1 => (prop::sample::select(written), 0_usize..60).prop_map(|(text, at)| text.into_bytes().into_iter().take(at).collect()),
            6 => prop::sample::select(odd).prop_map(String::into_bytes),
            1 => prop::collection::vec(any::<u8>(), 0..6),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn chunks_together_equal_the_scrubbed_whole(
            fragments in prop::collection::vec(fragment(), 0..24),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
            chunk_bytes in 1_usize..80,
            begin in any::<prop::sample::Index>(),
        ) {
            let body = fragments.concat();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let deliveries: Vec<_> = cuts.windows(2).map(|cut| &body[cut[0]..cut[1]]).collect();
            let whole = scrubber().body_in_place(body.clone());
            let (all, _) = scrub_in_chunks(&deliveries, chunk_bytes);
            prop_assert_eq!(String::from_utf8_lossy(&all), String::from_utf8_lossy(&whole));
            prop_assert_eq!(all.len(), body.len());

            // A reader that starts after a boundary gets the same rest.
            let boundaries: Vec<_> = (0..body.len()).filter(|at| scrubber().is_boundary(body[*at])).collect();

            if !boundaries.is_empty() {
                let start = boundaries[begin.index(boundaries.len())] + 1;
                let (rest, _) = scrub_in_chunks(&[&body[start..]], chunk_bytes);
                prop_assert!(rest == whole[start..], "from {}", start);
            }
        }
    }

    #[test]
    fn large_body_is_returned_in_several_chunks() {
        let body = "one,two,three\n".repeat(100_000);
        let (all, count) = scrub_in_chunks(
            &body.as_bytes().chunks(10_000).collect::<Vec<_>>(),
            CHUNK_BYTES,
        );
        assert!(all == body.as_bytes() && count >= 5, "{count} chunks");
    }

    #[test]
    fn secret_across_two_deliveries_is_scrubbed() {
        for at in 0..SECRET.len() {
            let (before, after) = SECRET.split_at(at);
            let first = format!("a,{before}");
            let second = format!("{after},b");

            let (all, count) = scrub_in_chunks(&[first.as_bytes(), second.as_bytes()], 2);

            assert_eq!(
                (String::from_utf8(all).unwrap(), count > 0),
                ("a,[credential*********],b".to_owned(), true)
            );
        }
    }

    #[test]
    fn body_without_boundaries_fails_at_the_buffer_limit() {
        let mut chunks = ChunkScrubber::default();

        chunks.push(&vec![b'x'; MAX_BUFFERED - 1]);

        assert_eq!(chunks.next_chunk(scrubber()), Ok(None));

        chunks.push(b"x");

        assert!(matches!(
            chunks.next_chunk(scrubber()),
            Err(HttpError::ContentCoding(_))
        ));
    }
}
