//! The door for tests stays out of what is shipped: no crate but `test-kit` asks for it outside of
//! `[dev-dependencies]`, and nothing but tests depends on `test-kit`.

use std::path::Path;

/// The lines of a manifest outside of `[dev-dependencies]`.
fn shipped(manifest: &str) -> String {
    let mut is_dev = false;
    let mut lines = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_dev = line.contains("dev-dependencies");
        }
        if !is_dev && !line.trim_start().starts_with('#') {
            lines.push_str(line);
            lines.push('\n');
        }
    }
    lines
}

#[test]
fn nothing_that_is_shipped_has_the_test_door() {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where");
    let crates = Path::new(&own).parent().expect("the folder of crates");
    let mut seen = 0;
    for entry in std::fs::read_dir(crates).expect("the folder is read") {
        let folder = entry.expect("an entry").path();
        let Ok(manifest) = std::fs::read_to_string(folder.join("Cargo.toml")) else { continue };
        seen += 1;
        let shipped = shipped(&manifest);
        match folder.file_name().and_then(|name| name.to_str()) {
            Some("test-kit") => {}
            Some("access") => assert_eq!(shipped.matches("test-door").count(), 1, "only where the feature is declared"),
            name => {
                assert!(!shipped.contains("test-door"), "{name:?} has the test door");
                assert!(!shipped.contains("parclose-test-kit"), "{name:?} depends on the test kit");
            }
        }
    }
    assert!(seen > 5, "the crates were found");
}
