//! What can be read from the sources: who a handler asks for.

use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_handler_takes_signed_or_anonymous_and_never_both_or_neither() {
    let src = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where")).join("src");
    let router = std::fs::read_to_string(src.join("router.rs")).unwrap();
    let mut handlers = 0;
    for folder in ["api", "hooks", "ops", "sso"] {
        for path in files(&src.join(folder)) {
            let code = std::fs::read_to_string(&path).unwrap();
            for documented in code.split("#[utoipa::path(").skip(1) {
                let function = documented.split("pub async fn ").nth(1).expect("a handler follows its documentation");
                let name = function.split('(').next().unwrap();
                let takes = function.split('{').next().unwrap();
                let (signed, anonymous) = (takes.contains(": Signed"), takes.contains(": Anonymous"));
                assert!(signed != anonymous, "{} in {}", name, path.display());
                let is_routed = router.contains(&format!("::{name}))"));
                assert!(is_routed, "{name} in {} is not in the router", path.display());
                handlers += 1;
            }
            // Only these few things may stand between a request and a handler.
            for foreign in ["Extension(", "extract::Json", "Form(", "ConnectInfo", "CookieJar", "Query("] {
                assert!(!code.contains(foreign), "{} takes {foreign}", path.display());
            }
        }
    }
    assert_eq!(handlers, 76);
    assert_eq!(router.matches("routes!(").count(), handlers, "every route is a documented handler");
    for other in [".route(", ".route_service(", ".nest_service(", "axum::routing"] {
        assert!(!router.contains(other), "{other} goes round the document");
    }
}

#[test]
fn rows_are_asked_for_with_a_scope_and_written_down() {
    let src = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where")).join("src");
    let mut asking = 0;
    for path in files(&src) {
        let code = std::fs::read_to_string(&path).unwrap();
        for call in [".batch(", ".values(", ".segments(", ".conversation("] {
            assert!(!code.contains(&format!("engine{call}")), "{} reaches an engine past the scope's own", path.display());
            if code.contains(&format!("engine(&scope)?{call}")) {
                assert!(code.contains(&format!("engine(&scope)?{call}&scope")), "{}", path.display());
                assert!(code.contains("app.note_rows("), "{} answers without a line in the audit trail", path.display());
                asking += 1;
            }
        }
    }
    assert_eq!(asking, 4);
}
