//! Compile-time test for a missing trait, for types that must never be printed or copied.

/// Evaluates to true, in a constant, if a type implements a trait.
///
/// ```
/// struct Token;
///
/// const _: () = assert!(!purser_model::implements!(Token: std::fmt::Debug));
/// const _: () = assert!(purser_model::implements!(u8: std::fmt::Debug));
/// ```
#[macro_export]
macro_rules! implements {
    ($type:ty: $trait:path) => {{
        trait Fallback {
            const IMPLEMENTS: bool = false;
        }
        impl<T: ?Sized> Fallback for T {}

        struct Probe<T: ?Sized>(::core::marker::PhantomData<T>);

        // An inherent constant goes before one of a trait, wherever its bound holds.
        #[allow(dead_code, reason = "unused where the trait is missing")]
        impl<T: ?Sized + $trait> Probe<T> {
            const IMPLEMENTS: bool = true;
        }

        <Probe<$type>>::IMPLEMENTS
    }};
}
