//! `cargo xtask gen`: files that are made from the server and kept in the repository.

use crate::process::{output, run as run_command};
use crate::setup::{Needs, ensure};
use crate::steps::Steps;
use crate::{demo, paths, web};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes them, or with `--check` compares and fails when one is stale.
pub fn run(arguments: &[String]) -> Result<()> {
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => bail!("gen takes nothing but --check"),
    };
    let mut steps = Steps::new();
    steps.run("set-up", || ensure(Needs::default()))?;
    web::ensure_dist()?;
    steps.run("parclose", demo::build)?;
    let openapi = paths::root().join("docs/openapi.json");
    let fresh = steps.run("OpenAPI document", document)?;
    let mut stale = Vec::new();
    keep(&openapi, &fresh, check, &mut stale)?;
    steps.run("web packages", web::packages)?;
    if paths::web().join("node_modules/.bin/openapi-typescript").exists() {
        let types = steps.run("types of the web app", || types(&fresh))?;
        keep(&paths::web().join("src/api/schema.ts"), &types, check, &mut stale)?;
    } else {
        eprintln!("    the web app's packages have no openapi-typescript: no types are made");
    }
    if !stale.is_empty() {
        let names: Vec<String> = stale.iter().map(|path| path.display().to_string()).collect();
        bail!("not what the server says any more: {}. Run `cargo xtask gen` and commit the result.", names.join(", "));
    }
    steps.summary();
    Ok(())
}

fn document() -> Result<String> {
    let text = output(Command::new(paths::parclose("debug")?).arg("openapi"))?;
    let document: serde_json::Value = serde_json::from_str(&text).context("`parclose openapi` printed no JSON")?;
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn types(document: &str) -> Result<String> {
    let folder = paths::target()?.join("xtask");
    std::fs::create_dir_all(&folder)?;
    let (from, to) = (folder.join("openapi.json"), folder.join("schema.ts"));
    std::fs::write(&from, document)?;
    run_command(web::npx(&["openapi-typescript"]).arg(&from).arg("--output").arg(&to))?;
    std::fs::read_to_string(&to).context("openapi-typescript wrote nothing")
}

fn keep(path: &Path, fresh: &str, check: bool, stale: &mut Vec<PathBuf>) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == fresh) {
        return Ok(());
    }
    if check {
        stale.push(path.to_owned());
        return Ok(());
    }
    std::fs::write(path, fresh).with_context(|| format!("{} could not be written", path.display()))?;
    eprintln!("    wrote {}", path.display());
    Ok(())
}
