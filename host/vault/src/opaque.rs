//! Compile-time check that a type cannot be printed, copied or serialised.

/// Fails to compile if the type implements `Debug`, `Display`, `Clone` or `Serialize`.
macro_rules! assert_opaque {
    ($type:ty) => {
        const _: () = {
    assert!(!purser_model::implements!($type: std::fmt::Debug));
    assert!(!purser_model::implements!($type: std::fmt::Display));
    assert!(!purser_model::implements!($type: Clone));
    assert!(!purser_model::implements!($type: serde::Serialize));
        };
    };
}

pub(crate) use assert_opaque;
