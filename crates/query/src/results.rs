//! Answers that are kept for who asks the same again under the same scope, of the same data.
//!
//! **Invariant**: what identifies an answer is everything that it depends on: the scope's fingerprint and the version of the
//! rules as they are at *this* request, the version of the data, the settings, the resolved range, the minute, and the whole
//! question. A person whose rights changed has another fingerprint; nothing has to be thrown away for them to stop seeing it.

use crate::answer::Answered;
use crate::batch::Batch;
use crate::time::ResolvedRange;
use parclose_access::RowScope;
use parclose_model::WorkspaceSettings;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;

/// What identifies an answer.
pub(crate) type Name = [u8; 32];

#[derive(Default)]
struct Inner {
    kept: HashMap<Name, Kept>,
    bytes: usize,
    clock: u64,
}

struct Kept {
    answered: Answered,
    bytes: usize,
    used: u64,
}

/// Bounded; what was not used for longest goes first.
pub(crate) struct Results {
    most_bytes: usize,
    inner: Mutex<Inner>,
}

impl Results {
    /// Takes this many bytes at most, about; 0 keeps nothing.
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, inner: Mutex::default() }
    }

    /// What identifies the answer to this batch, now. Nothing when answers are not kept.
    pub fn name(
        &self,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        data_version: u64,
        (range, now_ms): (&ResolvedRange, i64),
        batch: &Batch,
    ) -> Option<Name> {
        if self.most_bytes == 0 {
            return None;
        }
        let mut hash = Sha256::new();
        let mut add = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        add(scope.workspace().as_str().as_bytes());
        add(scope.fingerprint().as_bytes());
        add(&scope.policy_version().to_le_bytes());
        add(&data_version.to_le_bytes());
        // Buckets end on whole minutes: which one is not over yet is the same for a minute.
        for number in [range.from_ms, range.to_ms, now_ms.div_euclid(60_000)] {
            add(&number.to_le_bytes());
        }
        add(&serde_json::to_vec(settings).ok()?);
        add(&serde_json::to_vec(batch).ok()?);
        Some(hash.finalize().into())
    }

    pub fn find(&self, name: &Name) -> Option<Answered> {
        let mut inner = self.inner.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        inner.clock += 1;
        let now = inner.clock;
        let kept = inner.kept.get_mut(name)?;
        kept.used = now;
        Some(kept.answered.clone())
    }

    /// Keeps an answer, unless some report of it failed or it is large.
    pub fn keep(&self, name: Name, answered: &Answered) {
        let bytes = size(answered);
        let failed = answered.reports.iter().any(|r| r.error.is_some()) || answered.lists.iter().any(|l| l.error.is_some());
        if bytes > self.most_bytes / 8 || failed {
            return;
        }
        let mut inner = self.inner.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let inner = &mut *inner;
        if inner.bytes + bytes > self.most_bytes {
            let mut all: Vec<(u64, usize, Name)> = inner.kept.iter().map(|(name, kept)| (kept.used, kept.bytes, *name)).collect();
            all.sort_unstable();
            for (_, bytes_of_one, name) in all {
                // A quarter at once, so that this is not done each time.
                if inner.bytes + bytes <= self.most_bytes - self.most_bytes / 4 {
                    break;
                }
                inner.kept.remove(&name);
                inner.bytes -= bytes_of_one;
            }
        }
        inner.clock += 1;
        inner.bytes += bytes;
        if let Some(before) = inner.kept.insert(name, Kept { answered: answered.clone(), bytes, used: inner.clock }) {
            inner.bytes -= before.bytes;
        }
    }
}

/// Bytes in memory, about: a value, its place, a short text.
fn size(answered: &Answered) -> usize {
    const A_ROW: usize = 32;
    const A_VALUE: usize = 96;
    let of = |rows: usize, columns: usize| rows * (A_ROW + columns * A_VALUE);
    let reports = answered.reports.iter().map(|r| {
        let rows = r.rows.len() + r.previous.as_ref().map_or(0, |p| p.rows.len());
        1024 + of(rows, r.columns.len()) + 2 * r.buckets.as_ref().map_or(0, |b| b.len() * 64)
    });
    reports.chain(answered.lists.iter().map(|l| 1024 + of(l.rows.len(), l.columns.len()))).sum()
}
