//! A server of our own for a test: started, waited for, and stopped whatever happens.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server. Stops when dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

/// An address on the loopback that nobody uses now.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0").context("no free port")?.local_addr()?)
}

impl Server {
    /// Starts it; what it prints goes to the log file.
    pub fn start(command: &mut Command, address: SocketAddr, log: &Path) -> Result<Server> {
        let out = File::create(log).with_context(|| format!("{} could not be made", log.display()))?;
        let err = out.try_clone()?;
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().context("the server could not be started")?;
        Ok(Server { child, address, log: log.to_owned() })
    }

    /// `http://…` without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until it says that it is ready.
    pub fn wait_until_ready(&mut self, longest: Duration) -> Result<()> {
        let until = Instant::now() + longest;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}:\n{}", self.last_lines());
            }
            if health(self.address).is_some_and(|status| status == 200) {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("the server was not ready after {} s:\n{}", longest.as_secs(), self.last_lines());
            }
            std::thread::sleep(Duration::from_millis(250));
        }
    }

    /// Asks it to stop and waits. Its end must be a clean one.
    pub fn stop(mut self) -> Result<()> {
        let status = self.end()?;
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => bail!("the server stopped with {status}:\n{}", self.last_lines()),
            None => bail!("the server did not stop within 30 s and was killed:\n{}", self.last_lines()),
        }
    }

    fn end(&mut self) -> Result<Option<std::process::ExitStatus>> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(Some(status));
        }
        // The standard library knows only the hard way; a server should get the chance to write down what it holds.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(None)
    }

    /// The end of what it printed.
    pub fn last_lines(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        format!("{}\n(all of it: {})", lines[lines.len().saturating_sub(40)..].join("\n"), self.log.display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// The status of `GET /health/ready`.
fn health(address: SocketAddr) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer).ok()?;
    let text = String::from_utf8_lossy(&answer);
    text.split_whitespace().nth(1)?.parse().ok()
}
