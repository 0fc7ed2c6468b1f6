//! What the compiler does not hold and reviewers forget: who may depend on whom, where the two keys are turned, and
//! that the documents speak of what is there. Reads manifests and text only; compiles nothing.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates that only some may depend on, with the reason. Development dependencies are free.
const RESERVED: &[(&str, &[&str], &str)] = &[
    ("parclose-lake", &["parclose-query", "parclose-pipeline", "parclose-cli", "parclose-test-kit"], "rows leave the lake through the query crate alone; the pipeline writes, the cli composes"),
    ("parclose-pipeline", &["parclose-http", "parclose-cli", "parclose-test-kit"], "http appends to the event log and does no more"),
    ("datafusion", &["parclose-query"], "one crate knows the engine, so that every plan goes through the barrier"),
    ("saml-rs", &["parclose-saml"], "one crate knows the SAML library, behind a trait of ours"),
    ("reqwest-outbound", &["parclose-oidc"], "one crate goes outwards"),
    ("deltalake-core", &["parclose-lake"], "one crate knows the table format"),
    ("parclose-scim", &["parclose-http"], "one more door; http mounts it"),
    ("axum", &["parclose-http", "parclose-scim", "parclose-test-kit", "parclose-cli"], "use cases must not know HTTP"),
    ("sqlx", &["parclose-catalog", "parclose-pipeline"], "SQL lives with the data that it is about"),
];

/// Calls that hand out trust, and the only source folders that may make them.
const KEYS: &[(&str, &str, &str)] = &[
    ("Door::open(", "crates/cli/src", "whoever has the door can make callers"),
    ("Policy::loaded(", "crates/catalog/src", "a policy must come from where policies are kept, failures included"),
];

/// Folders that are not ours or are made by programs.
const NOT_OURS: &[&str] = &[".git", "target", "node_modules", "dist", "data", "test-results", "playwright-report", ".venv", ".vite"];

fn root() -> PathBuf {
    // At run time: checkouts that share a target folder also share compiled tests.
    let own = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where xtask is");
    Path::new(&own).parent().expect("xtask lies in the repository").to_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let done = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .expect("cargo metadata starts");
    assert!(done.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("cargo metadata prints JSON")
}

struct Dependency {
    name: String,
    is_dev: bool,
    features: Vec<String>,
}

fn packages() -> BTreeMap<String, Vec<Dependency>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let dependency = |d: &Value| Dependency {
        // Under the name that our code calls it by.
        name: if d["rename"].is_string() { text(&d["rename"]) } else { text(&d["name"]) },
        is_dev: d["kind"] == "dev",
        features: d["features"].as_array().into_iter().flatten().map(text).collect(),
    };
    let of = |p: &Value| (text(&p["name"]), p["dependencies"].as_array().into_iter().flatten().map(dependency).collect());
    metadata()["packages"].as_array().into_iter().flatten().map(of).collect()
}

/// The files of a folder with one of these endings, in order.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found
}

fn words_in_backticks(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Rows of the table between `<!-- crates -->` and `<!-- /crates -->`: crate to what it may depend on.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let text = read(&root().join("ARCHITECTURE.md"));
    let table = text.split("<!-- crates -->").nth(1).and_then(|rest| rest.split("<!-- /crates -->").next());
    let mut rows = BTreeMap::new();
    for line in table.expect("ARCHITECTURE.md has a table of crates").lines().filter(|l| l.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [name, _, allowed] = cells[..] else { panic!("the row has not three cells: {line}") };
        let name = words_in_backticks(name).remove(0);
        rows.insert(package_of(&name), words_in_backticks(allowed).iter().map(|w| package_of(w)).collect());
    }
    rows
}

/// Directories carry no prefix, packages do.
fn package_of(directory: &str) -> String {
    if directory == "xtask" { directory.to_owned() } else { format!("parclose-{directory}") }
}

#[test]
fn the_crate_graph_is_the_one_in_architecture_md() {
    let (documented, packages) = (documented(), packages());
    let names = |map: BTreeSet<&String>| map.into_iter().cloned().collect::<Vec<_>>().join(", ");
    assert_eq!(
        names(documented.keys().collect()),
        names(packages.keys().collect()),
        "the table in ARCHITECTURE.md (left) and the workspace (right) name different crates"
    );
    for (package, dependencies) in &packages {
        for dependency in dependencies.iter().filter(|d| !d.is_dev && packages.contains_key(&d.name)) {
            assert!(
                documented[package].contains(&dependency.name),
                "{package} depends on {}, which its row in ARCHITECTURE.md does not allow. If that is meant, change the row and say why.",
                dependency.name
            );
        }
    }
}

#[test]
fn documented_dependencies_point_downwards_only() {
    let documented = documented();
    let mut placed: BTreeSet<&String> = BTreeSet::new();
    while placed.len() < documented.len() {
        let next: Vec<&String> =
            documented.iter().filter(|(name, on)| !placed.contains(name) && on.iter().all(|d| placed.contains(d))).map(|(n, _)| n).collect();
        assert!(!next.is_empty(), "the table in ARCHITECTURE.md has a circle among the crates outside {placed:?}");
        placed.extend(next);
    }
}

#[test]
fn reserved_crates_are_used_by_their_owners_only() {
    for (package, dependencies) in packages() {
        for dependency in dependencies.iter().filter(|d| !d.is_dev) {
            for (reserved, owners, reason) in RESERVED {
                assert!(
                    dependency.name != *reserved || owners.contains(&package.as_str()),
                    "{package} depends on {reserved}, which is for {} only: {reason}",
                    owners.join(", ")
                );
            }
        }
    }
}

#[test]
fn the_door_for_tests_is_opened_by_tests_only() {
    for (package, dependencies) in packages() {
        for dependency in &dependencies {
            let opens = dependency.name == "parclose-access" && dependency.features.iter().any(|f| f == "test-door");
            assert!(
                !opens || dependency.is_dev || package == "parclose-test-kit",
                "{package} enables `test-door` outside its development dependencies: anybody could make callers in the shipped program"
            );
        }
        let manifest = read(&root().join(if package == "xtask" { package.clone() } else { format!("crates/{}", package.trim_start_matches("parclose-")) }).join("Cargo.toml"));
        assert!(!manifest.contains("parclose-access/test-door"), "a feature of {package} enables `test-door`");
        let ships_test_kit = dependencies.iter().any(|d| d.name == "parclose-test-kit" && !d.is_dev);
        assert!(!ships_test_kit, "{package} depends on the test kit outside its development dependencies");
    }
}

/// In a folder of tests, or a module that its neighbours declare under `#[cfg(test)]`.
fn is_for_tests(path: &Path) -> bool {
    let declared = format!("#[cfg(test)]\nmod {};", path.file_stem().unwrap_or_default().to_string_lossy());
    let neighbours = files(path.parent().expect("a file lies in a folder"), &[".rs"]);
    path.components().any(|c| c.as_os_str() == "tests" || c.as_os_str() == "benches") || neighbours.iter().any(|other| read(other).contains(&declared))
}

#[test]
fn keys_are_turned_in_one_place() {
    let root = root();
    for (call, place, reason) in KEYS {
        for path in files(&root.join("crates"), &[".rs"]) {
            if is_for_tests(&path) || path.starts_with(root.join(place)) {
                continue;
            }
            let code = read(&path);
            // Unit tests at the end of a file and comments may name it.
            let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let calls = code.lines().any(|line| line.contains(call) && !line.trim_start().starts_with("//"));
            assert!(!calls, "{} calls `{call}…)`, which only {place} may: {reason}", path.display());
        }
    }
}

#[test]
fn no_file_holds_what_must_not_stay() {
    // Put together here so that this file does not find itself.
    let anywhere = [["/wo", "rk/"].concat()];
    let in_code = [["to", "do!("].concat(), ["db", "g!("].concat()];
    let endings = [".rs", ".toml", ".md", ".ts", ".tsx", ".mjs", ".css", ".html", ".json", ".yaml", ".yml", ".py", ".sql", ".txt", "run", ".stderr"];
    for path in files(&root(), &endings) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for word in anywhere.iter().chain(in_code.iter().filter(|_| path.extension().is_some_and(|e| e == "rs"))) {
            assert!(!text.contains(word.as_str()), "{} holds `{word}`", path.display());
        }
    }
}

#[test]
fn every_crate_says_what_it_is_for() {
    for path in files(&root().join("crates"), &["src/lib.rs", "lib.rs", "main.rs"]) {
        if path.parent().is_some_and(|p| p.ends_with("src")) {
            assert!(read(&path).starts_with("//!"), "{} does not open with what the crate is for", path.display());
        }
    }
}

#[test]
fn documents_link_to_what_is_there() {
    let root = root();
    for path in files(&root, &[".md"]) {
        let text = read(&path);
        let folder = path.parent().expect("a file lies in a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") || target.contains(' ') {
                continue;
            }
            assert!(folder.join(target).exists(), "{} links to {target}, which is not there", path.display());
        }
    }
}

/// Words in quotes that look like error codes, in the lines of a source that name errors.
fn codes_in(code: &str) -> BTreeSet<String> {
    let names_errors = |line: &str| ["code", "Code", "EngineError", "StatusCode::"].iter().any(|word| line.contains(word));
    let is_code = |word: &str| word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_') || ["conflict", "internal", "unavailable"].contains(&word);
    // `.at("…")` names the field that an error is about.
    code.lines()
        .map(|line| line.split(".at(\"").next().unwrap_or_default())
        .filter(|line| names_errors(line) && !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| is_code(word))
        .collect()
}

fn pages() -> BTreeSet<String> {
    let pages = files(&root().join("docs/errors"), &[".md"]);
    let name = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    pages.iter().map(name).filter(|name| name != "README").collect()
}

#[test]
fn every_error_code_has_a_page() {
    let root = root();
    let mut used: BTreeMap<String, PathBuf> = BTreeMap::new();
    let sources = files(&root.join("crates/http/src"), &["error.rs", "errors.rs"]);
    for path in sources.into_iter().chain([root.join("crates/query/src/batch.rs")]) {
        used.extend(codes_in(&read(&path)).into_iter().map(|code| (code, path.clone())));
    }
    assert!(used.contains_key("not_found") && used.contains_key("too_long"), "the codes were not found in the sources: {:?}", used.keys());
    let pages = pages();
    for (code, path) in used {
        assert!(pages.contains(&code), "`{code}` in {} has no page docs/errors/{code}.md", path.display());
    }
}

#[test]
fn every_error_page_is_listed() {
    let list = read(&root().join("docs/errors/README.md"));
    for page in pages() {
        assert!(list.contains(&format!("({page}.md)")), "docs/errors/README.md does not list {page}");
    }
}
