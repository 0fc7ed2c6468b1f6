//! Identifiers as own types, so that a person's id can't be given where a workspace's is wanted.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes any text; what it means is checked where it is looked up.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            /// The id as it is stored and sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A workspace: one company's data, with one time zone and one set of separation rules.
    WorkspaceId
);
text_id!(
    /// A person who may sign in.
    PersonId
);
text_id!(
    /// A conversation: all segments that share a conversation id.
    ConversationId
);
