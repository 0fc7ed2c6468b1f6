//! parclose-test-kit
