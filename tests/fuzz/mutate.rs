//! Random mutations of inputs.

use fastrand::Rng;

/// Values that code often mishandles: limits of ranges, terminators, look-alikes, and characters
/// that reorder text.
#[rustfmt::skip]
const ODD_VALUES: &[&str] = &[
    "", "0", "-1", "1", "255", "256", "65535", "65536", "2147483648", "4294967295", "4294967296",
    "9223372036854775807", "18446744073709551616", "1e309", "0x10", "NaN", "\0", "\u{1b}[2J", "\r\n", "\n", "\r", "\t",
    " ", "\u{a0}", "\u{85}", "\u{200b}", "\u{202e}", "\u{2066}", "\u{2028}", "\u{feff}", "\u{fffd}", "\u{ff0e}", "é",
    "ß", "İ", "ı", "😀", "e\u{301}", "\"", "'", "\\", "/", "//", "..", ".", "*", "**", "%", "%00", "%2e%2e", "%2f",
    "%252f", "{", "}", "[", "]", "{{", "=", ":", ";", ",", "#", "?", "@", "&", "<", ">", "true", "null",
];

/// Returns an existing input with a few changes, mostly one or two.
pub(crate) fn mutated(base: &[u8], pool: &[Vec<u8>], words: &[&str], random: &mut Rng) -> Vec<u8> {
    let mut input = base.to_vec();
    let most = random.usize(1..=5);
    for _ in 0..random.usize(1..=most) {
        change(&mut input, pool, words, random);
    }
    input
}

fn change(input: &mut Vec<u8>, pool: &[Vec<u8>], words: &[&str], random: &mut Rng) {
    let (at, end) = range(input.len(), random);

    match random.u8(..16) {
        0 if at < input.len() => input[at] ^= 1 << random.u8(..8),
        1 if at < input.len() => input[at] = random.u8(..),
        0 | 1 => input.push(random.u8(..)),
        2 => drop(input.drain(at..end)),
        3 => drop(input.splice(at..at, word(ODD_VALUES, random))),
        4 => drop(input.splice(at..end, word(ODD_VALUES, random))),
        5 | 6 => drop(input.splice(at..at, word(words, random))),
        7 | 8 => drop(input.splice(at..end, word(words, random))),
        9 => {
            let most = [2, 2, 2, 300][random.usize(..4)];
            let copy = input[at..end].repeat(random.usize(1..=most));
            drop(input.splice(at..at, copy));
        }
        10 => {
            let other = &pool[random.usize(..pool.len())];
            let (from, to) = range(other.len(), random);
            drop(input.splice(at..end, other[from..to].iter().copied()));
        }
        // Join the beginning of one input and the end of another.
        11 => {
            let other = &pool[random.usize(..pool.len())];
            input.truncate(at);
            input.extend_from_slice(&other[random.usize(..=other.len())..]);
        }
        _ => change_lines(input, pool, random),
    }
}

/// Changes whole lines, because most of the input languages are line-based.
fn change_lines(input: &mut Vec<u8>, pool: &[Vec<u8>], random: &mut Rng) {
    let mut lines: Vec<Vec<u8>> = input
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.is_empty() {
        return;
    }

    let one = random.usize(..lines.len());

    let another = random.usize(..lines.len());
    match random.u8(..4) {
        0 => lines.swap(one, another),
        1 => drop(lines.remove(one)),
        2 => lines.insert(another, lines[one].clone()),
        _ => {
            let other: Vec<_> = pool[random.usize(..pool.len())]
                .split_inclusive(|byte| *byte == b'\n')
                .collect();
            if !other.is_empty() {
                lines.insert(one, other[random.usize(..other.len())].to_vec());
            }
        }
    }

    *input = lines.concat();
}

/// Returns a random range, mostly a short one.
fn range(length: usize, random: &mut Rng) -> (usize, usize) {
    let at = random.usize(..=length);
    let longest = [4, 12, 40, length][random.usize(..4)];
    (at, (at + random.usize(..=longest)).min(length))
}

fn word<'w>(words: &[&'w str], random: &mut Rng) -> std::str::Bytes<'w> {
    words
        .get(random.usize(..words.len().max(1)))
        .unwrap_or(&"")
        .bytes()
}
