//! Starts the program on a free port.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub const SECRET: &str = "door-secret-of-the-tests-1";
pub const ADMIN: (&str, &str) = ("root@example.com", "correct horse battery");

pub struct Server {
    child: Child,
    pub url: String,
}

pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_parclose"))
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Server {
    pub async fn start(data_dir: &Path) -> Self {
        let port = free_port();
        let child = program()
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--workspace", "main", "--data-dir"])
            .arg(data_dir)
            .env("PARCLOSE_DOOR_SECRETS", SECRET)
            .env("PARCLOSE_ADMIN_LOGIN", ADMIN.0)
            .env("PARCLOSE_ADMIN_PASSWORD", ADMIN.1)
            .env("PARCLOSE_COMMIT_SECONDS", "1")
            .env("PARCLOSE_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, url: format!("http://127.0.0.1:{port}") };
        let started = Instant::now();
        while reqwest::get(format!("{}/health/ready", server.url)).await.is_err() {
            assert!(started.elapsed() < Duration::from_secs(60), "the server did not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server
    }
    /// SIGKILL: no handler runs, no file is closed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
