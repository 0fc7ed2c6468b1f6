//! parclose-portal
