//! What the machine must have. Missing Debian packages are installed when we may; everything else is said in words.

use crate::process::{is_there, probe, run};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node that the web app's tools run on.
const NODE: (u32, u32) = (20, 19);

/// What a command needs besides Rust and Node.
#[derive(Debug, Clone, Copy, Default)]
pub struct Needs {
    /// A browser and letters to draw with.
    pub browser: bool,
    /// Python with virtual environments.
    pub python: bool,
    /// What the identity providers of the walks run on: PHP and xmlsec1.
    pub providers: bool,
}

/// Checks everything and installs what is missing. Says nothing when all is there.
pub fn ensure(needs: Needs) -> Result<()> {
    node()?;
    let missing = missing_packages(needs);
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)?;
    let still = missing_packages(needs);
    if !still.is_empty() {
        bail!("still missing after the installation: {}", still.join(", "));
    }
    Ok(())
}

fn node() -> Result<()> {
    let help = format!(
        "Node {}.{} or newer with npm is needed for the web app. Install it from https://nodejs.org or with your system's packages, then start again.",
        NODE.0, NODE.1
    );
    let Some(version) = probe(Command::new("node").arg("--version")) else { bail!("node was not found. {help}") };
    let mut parts = version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < NODE {
        bail!("node is {version}. {help}");
    }
    if probe(Command::new("npm").arg("--version")).is_none() {
        bail!("npm was not found. {help}");
    }
    Ok(())
}

/// The browser that the tests drive. The Playwright configuration reads the same variable.
pub fn browser() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("PARCLOSE_CHROMIUM") {
        return Some(given.into());
    }
    let folders = ["/usr/bin", "/usr/local/bin", "/snap/bin"];
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    names.iter().flat_map(|name| folders.map(|folder| Path::new(folder).join(name))).find(|path| path.is_file())
}

fn has_font(folder: &Path, depth: usize) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        let is_font = path.extension().is_some_and(|e| e == "ttf" || e == "otf");
        is_font || depth > 0 && path.is_dir() && has_font(&path, depth - 1)
    })
}

fn missing_packages(needs: Needs) -> Vec<&'static str> {
    let mut missing = Vec::new();
    // Some of the crates carry C sources: SQLite, zstd, ring.
    if !is_there("cc") {
        missing.extend(["build-essential", "pkg-config"]);
    }
    if !["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"].iter().any(|p| Path::new(p).exists()) {
        missing.push("ca-certificates");
    }
    if needs.browser {
        if browser().is_none() {
            missing.push("chromium");
        }
        if !has_font(Path::new("/usr/share/fonts"), 4) {
            missing.push("fonts-dejavu-core");
        }
    }
    // A Debian Python without its `ensurepip` can't make a virtual environment.
    if needs.python && probe(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_none() {
        missing.extend(["python3", "python3-venv"]);
    }
    if needs.providers {
        let has = "foreach (['dom', 'mbstring', 'curl', 'openssl', 'session'] as $part) { if (!extension_loaded($part)) { exit(1); } }";
        if probe(Command::new("php").args(["-r", has])).is_none() {
            missing.extend(["php-cli", "php-xml", "php-mbstring", "php-curl"]);
        }
        if !is_there("xmlsec1") {
            missing.push("xmlsec1");
        }
    }
    missing
}

fn install(missing: &[&str]) -> Result<()> {
    let by_hand = format!("apt-get update && apt-get install -y --no-install-recommends {}", missing.join(" "));
    if !is_there("apt-get") {
        bail!("missing on this machine: {}. Install them (the names are Debian's), then start again.", missing.join(", "));
    }
    let is_root = probe(Command::new("id").arg("-u")).as_deref() == Some("0");
    let sudo = !is_root && probe(Command::new("sudo").args(["-n", "true"])).is_some();
    if !is_root && !sudo {
        bail!("missing on this machine: {}. As an administrator, run:\n\n  sudo sh -c '{by_hand}'\n", missing.join(", "));
    }
    let apt = |arguments: &[&str]| apt_get(sudo, arguments);
    eprintln!("    installing {}", missing.join(" "));
    let once = || -> Result<()> {
        apt(&["update", "-q"])?;
        let mut arguments = vec!["install", "-q", "-y", "--no-install-recommends"];
        arguments.extend(missing);
        apt(&arguments)
    };
    // Package mirrors fail now and then, and the same command works a moment later.
    once().or_else(|error| {
        eprintln!("    {error:#}; once more");
        std::thread::sleep(std::time::Duration::from_secs(5));
        once()
    })
}

fn apt_get(sudo: bool, arguments: &[&str]) -> Result<()> {
    let mut command = if sudo { Command::new("sudo") } else { Command::new("apt-get") };
    if sudo {
        command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    }
    run(command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
}

/// Unpacks a Debian package into a folder without installing it: what it depends on would start a web server here.
pub fn unpack(package: &str, folder: &Path) -> Result<()> {
    if !is_there("apt-get") || !is_there("dpkg-deb") {
        bail!("the Debian package {package} is needed for the tests, and this machine has no apt-get");
    }
    std::fs::create_dir_all(folder)?;
    let download = || run(Command::new("apt-get").args(["download", "-q", package]).current_dir(folder));
    download().or_else(|error| {
        eprintln!("    {error:#}; once more, with new lists of packages");
        let is_root = probe(Command::new("id").arg("-u")).as_deref() == Some("0");
        apt_get(!is_root, &["update", "-q"])?;
        download()
    })?;
    let files = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let Some(file) = files.filter(|path| path.extension().is_some_and(|end| end == "deb")).max() else {
        bail!("apt-get downloaded no {package}");
    };
    run(Command::new("dpkg-deb").arg("-x").arg(file).arg(folder))
}
