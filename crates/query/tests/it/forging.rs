//! A plan can't be copied, made from nothing or read from anywhere. (That it can't be built from outside is held by
//! the documentation tests of [`parclose_query::SecuredPlan`].)

use parclose_query::SecuredPlan;

/// Ambiguous, and so does not compile, for a type that implements the trait.
macro_rules! never_implements {
    ($ty:ty: $($bound:tt)+) => {
        const _: fn() = || {
            trait Ambiguous<A> {
                fn item() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Marker;
            impl<T: ?Sized + $($bound)+> Ambiguous<Marker> for T {}
            let _ = <$ty as Ambiguous<_>>::item;
        };
    };
}

never_implements!(SecuredPlan: Clone);
never_implements!(SecuredPlan: Default);
never_implements!(SecuredPlan: serde::de::DeserializeOwned);
never_implements!(SecuredPlan: serde::Serialize);
never_implements!(SecuredPlan: std::fmt::Debug);
never_implements!(SecuredPlan: From<()>);
