//! A body in pieces, each scrubbed by itself.

use crate::scrub::Scrubber;
use purser_model::HttpError;

/// What a piece has, in bytes, if it can be cut there.
const PIECE: usize = 256 << 10;

/// What a piece may have. A text in which nothing can be cut for as long is none that a connector could read.
const LONGEST: usize = 1 << 20;

/// What has arrived and was not handed on. All pieces together are what the scrubber makes of the whole: a form of the credential that lies
/// across two deliveries lies within one piece.
pub(crate) struct Pieces {
    arrived: Vec<u8>,
    enough: usize,
}

impl Default for Pieces {
    fn default() -> Self {
        Self {
            arrived: Vec::new(),
            enough: PIECE,
        }
    }
}

impl Pieces {
    /// Adds what arrived.
    pub(crate) fn add(&mut self, arrived: &[u8]) {
        self.arrived.extend_from_slice(arrived);
    }

    /// A piece, once there is enough for one.
    ///
    /// # Errors
    /// When so much has arrived that cannot be cut anywhere, that holding more of it would take too much memory.
    pub(crate) fn next(&mut self, scrubber: &Scrubber) -> Result<Option<Vec<u8>>, HttpError> {
        if self.arrived.len() < self.enough {
            return Ok(None);
        }
        let seam = self
            .arrived
            .get(..self.enough)
            .and_then(|first| scrubber.seam(first))
            .or_else(|| scrubber.seam(&self.arrived));
        match seam {
            Some(seam) => {
                let rest = self.arrived.split_off(seam);
                Ok(Some(
                    scrubber.in_place(std::mem::replace(&mut self.arrived, rest)),
                ))
            }
            None if self.arrived.len() >= LONGEST => Err(HttpError::ContentCoding(format!(
                "in {LONGEST} bytes of it is no line break, comma or quotation mark, so it cannot be searched for the credential"
            ))),
            None => Ok(None),
        }
    }

    /// What is left when all has arrived.
    pub(crate) fn rest(&mut self, scrubber: &Scrubber) -> Option<Vec<u8>> {
        let rest = std::mem::take(&mut self.arrived);
        (!rest.is_empty()).then(|| scrubber.in_place(rest))
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
            let marks: Vec<_> = [basic("ann", SECRET), bearer(SECRET)]
                .iter()
                .flat_map(Credential::marks)
                .collect();
            Scrubber::new(&marks).unwrap()
        });
        &SCRUBBER
    }

    /// What comes of a body that arrives so, where so much is enough for a piece.
    fn in_pieces(deliveries: &[&[u8]], enough: usize) -> (Vec<u8>, usize) {
        let (mut pieces, scrubber) = (
            Pieces {
                enough,
                ..Pieces::default()
            },
            scrubber(),
        );
        let (mut all, mut count) = (Vec::new(), 0);
        for delivery in deliveries {
            pieces.add(delivery);
            while let Some(piece) = pieces.next(scrubber).unwrap() {
                all.extend(piece);
                count += 1;
            }
        }
        all.extend(pieces.rest(scrubber).unwrap_or_default());
        (all, count)
    }

    /// Of the secret: itself, and ways to write it, whole or in part, and what escapes are made of.
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
        fn pieces_are_together_what_the_whole_is(
            fragments in prop::collection::vec(fragment(), 0..24),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
            enough in 1_usize..80,
            begin in any::<prop::sample::Index>(),
        ) {
            let body = fragments.concat();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let deliveries: Vec<_> = cuts.windows(2).map(|cut| &body[cut[0]..cut[1]]).collect();
            let whole = scrubber().in_place(body.clone());
            let (all, _) = in_pieces(&deliveries, enough);
            prop_assert_eq!(String::from_utf8_lossy(&all), String::from_utf8_lossy(&whole));
            prop_assert_eq!(all.len(), body.len());
            // Nor does it matter where somebody begins who begins behind a seam.
            let seams: Vec<_> = (0..body.len()).filter(|at| scrubber().is_seam(body[*at])).collect();
            if !seams.is_empty() {
                let start = seams[begin.index(seams.len())] + 1;
                let (rest, _) = in_pieces(&[&body[start..]], enough);
                prop_assert!(rest == whole[start..], "from {}", start);
            }
        }
    }

    #[test]
    fn a_large_body_is_handed_on_before_it_ends() {
        let body = "one,two,three\n".repeat(100_000);
        let (all, count) = in_pieces(&body.as_bytes().chunks(10_000).collect::<Vec<_>>(), PIECE);
        assert!(all == body.as_bytes() && count >= 5, "{count} pieces");
    }

    #[test]
    fn what_lies_across_two_deliveries_is_found() {
        for at in 0..SECRET.len() {
            let (before, behind) = SECRET.split_at(at);
            let (first, second) = (format!("a,{before}"), format!("{behind},b"));
            let (all, count) = in_pieces(&[first.as_bytes(), second.as_bytes()], 2);
            assert_eq!(
                (String::from_utf8(all).unwrap(), count > 0),
                ("a,[credential*********],b".to_owned(), true)
            );
        }
    }

    #[test]
    fn what_cannot_be_cut_is_refused_and_not_held() {
        let (mut pieces, scrubber) = (Pieces::default(), scrubber());
        pieces.add(&vec![b'x'; LONGEST - 1]);
        assert_eq!(pieces.next(scrubber), Ok(None));
        pieces.add(b"x");
        assert!(matches!(
            pieces.next(scrubber),
            Err(HttpError::ContentCoding(_))
        ));
    }
}
