//! Placeholders in the texts of an attack file, such as `{credential hex}` or `{times 1000 x}`.

use crate::encodings::encoded;

/// Addresses of the servers, for placeholders.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub(crate) origin: String,
    pub(crate) authority: String,
    pub(crate) other_host: String,
}

/// Replaces the placeholders in braces. Other braces remain.
pub(crate) fn expand(text: &str, addresses: &Addresses, number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();

    let mut rest = text;
    while let Some(open) = rest.find('{') {
        bytes.extend_from_slice(&rest.as_bytes()[..open]);
        let inside = inside_braces(&rest[open..]);

        match inside.and_then(|inside| replacement(inside, addresses, number)) {
            Some(put) => {
                bytes.extend(put);
                rest = &rest[open + inside.unwrap().len() + 2..];
            }
            None => {
                bytes.push(b'{');
                rest = &rest[open + 1..];
            }
        }
    }

    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// Returns the text between the opening brace at the start and its closing brace.
fn inside_braces(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let end = text.char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    });

    end.map(|(end, _)| &text[1..end])
}

fn replacement(inside: &str, addresses: &Addresses, number: usize) -> Option<Vec<u8>> {
    let (word, rest) = inside.split_once(' ').unwrap_or((inside, ""));

    Some(match word {
        "credential" => encoded(if rest.is_empty() { "plain" } else { rest }).into_bytes(),
        "origin" => addresses.origin.clone().into_bytes(),
        "authority" => addresses.authority.clone().into_bytes(),
        "other-host" => addresses.other_host.clone().into_bytes(),
        "number" => number.to_string().into_bytes(),
        "byte" => vec![u8::from_str_radix(rest, 16).ok()?],
        "times" => {
            let (times, text) = rest.split_once(' ')?;
            expand(text, addresses, number).repeat(times.parse().ok()?)
        }
        _ => return None,
    })
}
