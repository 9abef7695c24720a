//! Private keys for tests, generated when they run.

use crate::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::DecodingKey;

pub(crate) struct Pair {
    pub(crate) private: Secret,
    pub(crate) public: DecodingKey,
}

pub(crate) fn ec() -> Pair {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    Pair {
        private: pem("", &pair.serialize_der()),
        public: DecodingKey::from_ec_der(pair.public_key_raw()),
    }
}

pub(crate) fn p384() -> Pair {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    Pair {
        private: pem("", &pair.serialize_der()),
        public: DecodingKey::from_ec_der(pair.public_key_raw()),
    }
}

pub(crate) fn ed() -> Pair {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    Pair {
        private: pem("", &pair.serialize_der()),
        public: DecodingKey::from_ed_der(pair.public_key_raw()),
    }
}

fn pem(kind: &str, der: &[u8]) -> Secret {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();

    let label = [kind, "PRIVATE", "KEY"].join(" ");
    let label = label.trim();

    Secret::new(format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    ))
}

/// Returns an RSA key of two Mersenne primes, which can be written down without a library that
/// finds primes. It protects nothing.
pub(crate) fn rsa() -> Pair {
    const EXPONENT: u64 = 65_537;
    let (p, q) = (
        Number::of(&[(607, 1), (0, -1)]),
        Number::of(&[(521, 1), (0, -1)]),
    );

    let modulus = Number::of(&[(1128, 1), (607, -1), (521, -1), (0, 1)]);
    let phi = Number::of(&[(1128, 1), (608, -1), (522, -1), (0, 4)]);

    // The private exponent is (1 + k phi) / e for the k that makes it whole.
    let k = (1..EXPONENT)
        .find(|k| (1 + k * phi.remainder(EXPONENT)).is_multiple_of(EXPONENT))
        .unwrap();

    let d = phi.times(k).plus_one().divided(EXPONENT);
    let one = Number::of(&[(0, 1)]);
    let numbers = [
        Number(vec![0]),
        modulus.clone(),
        Number(vec![EXPONENT]),
        d,
        p,
        q,
        one.clone(),
        one.clone(),
        one,
    ];

    let content: Vec<u8> = numbers
        .iter()
        .flat_map(|number| der(2, &number.signed()))
        .collect();

    let private = pem("RSA", &der(0x30, &content));
    let public = DecodingKey::from_rsa_raw_components(&modulus.signed(), &EXPONENT.to_be_bytes());

    Pair { private, public }
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match (high, low) {
        (0, ..=0x7f) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };

    [head.as_slice(), content].concat()
}

/// Natural number in limbs of 32 bits, the least first.
#[derive(Clone)]
struct Number(Vec<u64>);

impl Number {
    /// Returns the sum of these multiples of powers of two.
    fn of(terms: &[(usize, i64)]) -> Self {
        let mut limbs = vec![0_i64; 36];
        for (power, times) in terms {
            limbs[power / 32] += times << (power % 32);
        }

        let mut carry = 0;
        let carried = limbs.into_iter().map(|limb| {
            let sum = limb + carry;
            carry = sum >> 32;
            u64::try_from(sum & 0xffff_ffff).unwrap()
        });

        Self(carried.collect())
    }

    fn remainder(&self, by: u64) -> u64 {
        self.0
            .iter()
            .rev()
            .fold(0, |rest, limb| ((rest << 32) | limb) % by)
    }

    fn times(&self, by: u64) -> Self {
        let mut carry = 0;
        let mut limbs: Vec<_> = self
            .0
            .iter()
            .map(|limb| next(limb * by, &mut carry))
            .collect();

        limbs.push(carry);
        Self(limbs)
    }

    fn plus_one(&self) -> Self {
        let mut carry = 1;
        Self(self.0.iter().map(|limb| next(*limb, &mut carry)).collect())
    }

    fn divided(&self, by: u64) -> Self {
        let mut rest = 0;
        let mut limbs: Vec<_> = self
            .0
            .iter()
            .rev()
            .map(|limb| {
                let upper = (rest << 32) | limb;
                rest = upper % by;
                upper / by
            })
            .collect();

        limbs.reverse();
        Self(limbs)
    }

    /// Returns big-endian bytes, with a leading zero where the first bit would make them negative.
    fn signed(&self) -> Vec<u8> {
        let bytes: Vec<u8> = self
            .0
            .iter()
            .rev()
            .flat_map(|limb| u32::try_from(*limb).unwrap().to_be_bytes())
            .collect();

        let first = bytes
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(bytes.len() - 1);

        let leading: &[u8] = if bytes[first] > 0x7f { &[0] } else { &[] };
        [leading, &bytes[first..]].concat()
    }
}

fn next(value: u64, carry: &mut u64) -> u64 {
    let sum = value + *carry;
    *carry = sum >> 32;
    sum & 0xffff_ffff
}
