//! Running other programs.

use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

fn words(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|a| a.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Runs with our own input and output; an error when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("`{}` could not be started", words(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", words(command));
    }
    Ok(())
}

/// Runs and takes what it prints; its errors go to ours.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.stderr(Stdio::inherit()).output().with_context(|| format!("`{}` could not be started", words(command)))?;
    if !done.status.success() {
        bail!("`{}` failed ({})", words(command), done.status);
    }
    String::from_utf8(done.stdout).with_context(|| format!("`{}` printed something that is not text", words(command)))
}

/// What it prints, or nothing when it is not there or fails. Quiet.
pub fn probe(command: &mut Command) -> Option<String> {
    let done = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// Whether a program of this name can be found.
pub fn is_there(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
