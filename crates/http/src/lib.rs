//! parclose-http
