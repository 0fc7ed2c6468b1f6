//! `/api/v1`. One file an operation.

pub mod account;
pub mod api_keys;
pub mod audit;
pub mod connections;
pub mod conversations;
pub mod dashboards;
pub mod groups;
pub mod me;
pub mod metadata;
pub mod openapi;
pub mod password_reset;
pub mod people;
pub mod query;
pub mod segments;
pub mod separation;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod sign_in_options;
pub mod sign_out;
pub mod values;
