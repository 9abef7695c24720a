//! Body in a cassette: a string if it is UTF-8, so that people can read it, otherwise base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes of a body.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Body(pub(super) Vec<u8>);

/// JSON form of a body that is not UTF-8.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoded {
    base64: String,
}

/// JSON forms of a body.
#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    Encoded(Encoded),
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Encoded {
                base64: STANDARD.encode(&self.0),
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = Form::deserialize(deserializer)
            // why: the message of an untagged enum does not say what is expected
            .map_err(|_| D::Error::custom("a body is text, or {\"base64\": …}"))?;

        match form {
            Form::Text(text) => Ok(Self(text.into_bytes())),
            Form::Encoded(Encoded { base64 }) => STANDARD
                .decode(base64)
                .map(Self)
                .map_err(|error| D::Error::custom(format!("a body is not base64: {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_serialized_and_read_is_the_same() {
        for (bytes, written) in [
            (&b"a\"\x1b"[..], r#""a\"\u001b""#),
            (b"\xff\x00", r#"{"base64":"/wA="}"#),
            (b"", r#""""#),
        ] {
            let body = Body(bytes.to_vec());

            assert_eq!(serde_json::to_string(&body).unwrap(), written);
            assert_eq!(serde_json::from_str::<Body>(written).unwrap(), body);
        }
    }

    #[test]
    fn invalid_body_is_refused_with_the_reason() {
        for (text, why) in [
            (r#"{"base64":"/wA"}"#, "not base64"),
            (r#"{"base64":7}"#, "a body is"),
            ("7", "a body is"),
        ] {
            let error = serde_json::from_str::<Body>(text).unwrap_err().to_string();

            assert!(error.contains(why), "{error}");
        }
    }
}
