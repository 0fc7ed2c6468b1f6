//! Threads for work that nobody waits for: making rows from events, writing and merging files, keeping packed columns in step. Where processors are few, requests go
//! first (docs/benchmarks.md, the load run).

use std::sync::OnceLock;
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::runtime::{Builder, Handle, Runtime};

/// Of 100, where usual threads have 50: niceness 10, about a tenth of a processor beside a thread that wants all of it. Not the
/// least there is: rows would not come at all while people ask without end.
const PRIORITY: u8 = 25;

/// Lets usual threads go before the one that calls.
fn yield_to_requests() {
    let set = ThreadPriorityValue::try_from(PRIORITY).map_err(|_| ()).and_then(|value| {
        let priority = ThreadPriority::Crossplatform(value);
        set_current_thread_priority(priority).map_err(|_| ())
    });
    if set.is_err() {
        tracing::debug!(name: "background.priority", "a thread of the background could not get a lower priority");
    }
}

/// Where such work is started, and what it starts goes on. Lives as long as the program: it ends with it.
pub fn handle() -> Handle {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let build = || Builder::new_multi_thread().enable_all().thread_name("background").on_thread_start(yield_to_requests).build().ok();
    RUNTIME.get_or_init(build).as_ref().map_or_else(Handle::current, |runtime| runtime.handle().clone())
}

#[cfg(test)]
mod tests {
    /// Niceness of the calling thread: field 19 of its line (`man 5 proc_pid_stat`).
    #[cfg(target_os = "linux")]
    fn niceness() -> i32 {
        let line = std::fs::read_to_string("/proc/thread-self/stat").expect("a line");
        let after_the_name = line.rsplit(')').next().unwrap_or_default();
        after_the_name.split_whitespace().nth(16).and_then(|nice| nice.parse().ok()).expect("a number")
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn work_in_the_background_is_nicer_than_requests_and_so_is_what_it_starts() {
        let here = niceness();
        let [own, beside] = super::handle()
            .spawn(async { [niceness(), tokio::task::spawn_blocking(niceness).await.expect("a niceness")] })
            .await
            .expect("both");
        assert!(own > here || here >= 10, "{own} beside {here}");
        assert_eq!(own, beside);
        assert_eq!(niceness(), here);
    }
}
