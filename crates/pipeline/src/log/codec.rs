//! An event as the log keeps it: JSON, packed with zstd.

use super::{Logged, LogError, Unreadable};
use parclose_model::Event;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};

/// Far above the largest body that a door lets in.
const LONGEST: u64 = 64 << 20;
/// Working space that a thread keeps between events; what a giant needed is given back.
const KEPT: usize = 1 << 20;
/// The fastest level that has a name. Events are small: a higher one costs time and saves little.
const LEVEL: i32 = 1;

/// One event, ready to be written.
pub(super) struct Record {
    pub key: [u8; 16],
    pub at_ms: i64,
    pub kind: String,
    pub task: Option<String>,
    pub worker: Option<String>,
    pub reservation: Option<String>,
    pub body: Box<[u8]>,
}

impl Record {
    /// About what it takes in memory, bytes.
    pub fn size(&self) -> usize {
        let texts = [&self.task, &self.worker, &self.reservation];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        size_of::<Self>() + self.body.len() + self.kind.len() + texts
    }
}

/// What packing and unpacking need. Contexts of zstd are large: making one for every event took longer than the event.
#[derive(Default)]
struct Tools {
    packer: Option<Compressor<'static>>,
    unpacker: Option<Decompressor<'static>>,
    json: Vec<u8>,
    packed: Vec<u8>,
}

thread_local! {
    static TOOLS: RefCell<Tools> = RefCell::default();
}

fn failed(error: impl std::fmt::Display) -> LogError {
    LogError::Database(error.to_string())
}

/// Packs an event.
pub(super) fn encode(event: &Event) -> Result<Record, LogError> {
    let body: Box<[u8]> = TOOLS.with_borrow_mut(|tools| {
        tools.json.clear();
        serde_json::to_writer(&mut tools.json, event).map_err(failed)?;
        tools.packed.clear();
        tools.packed.reserve(zstd::zstd_safe::compress_bound(tools.json.len()));
        let packer = match &mut tools.packer {
            Some(packer) => packer,
            none => none.insert(Compressor::new(LEVEL).map_err(failed)?),
        };
        packer.compress_to_buffer(&tools.json, &mut tools.packed).map_err(failed)?;
        let body = Box::from(tools.packed.as_slice());
        tools.give_back();
        Ok::<_, LogError>(body)
    })?;
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::digest(event.id.as_bytes())[..16]);
    Ok(Record {
        key,
        at_ms: event.at_ms,
        kind: event.kind.as_str().to_owned(),
        task: event.task.clone(),
        worker: event.worker.clone(),
        reservation: event.field("reservation_sid"),
        body,
    })
}

/// Unpacks an event.
pub(super) fn decode(seq: u64, received_ms: i64, body: &[u8]) -> Result<Logged, Unreadable> {
    TOOLS.with_borrow_mut(|tools| {
        let size = match zstd::zstd_safe::get_frame_content_size(body) {
            Ok(Some(size)) if size > LONGEST => return Err(Unreadable::TooLong),
            Ok(size) => size.unwrap_or(LONGEST) as usize,
            Err(_) => return Err(Unreadable::NotPacked),
        };
        tools.json.clear();
        tools.json.reserve(size);
        let unpacker = match &mut tools.unpacker {
            Some(unpacker) => unpacker,
            none => none.insert(Decompressor::new().map_err(|_| Unreadable::NotPacked)?),
        };
        unpacker.decompress_to_buffer(body, &mut tools.json).map_err(|_| Unreadable::NotPacked)?;
        let event: Event = serde_json::from_slice(&tools.json).map_err(|_| Unreadable::NotAnEvent)?;
        tools.give_back();
        Ok(Logged { seq, received_ms, event })
    })
}

impl Tools {
    fn give_back(&mut self) {
        for buffer in [&mut self.json, &mut self.packed] {
            if buffer.capacity() > KEPT {
                *buffer = Vec::new();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parclose_model::EventKind;

    fn event(length: usize) -> Event {
        let payload = serde_json::json!({"text": "x".repeat(length), "number": 7, "list": [1, null, "ž"]});
        Event {
            id: format!("EV{length}"),
            source: "taskrouter".into(),
            kind: EventKind::new("task.created"),
            at_ms: 5,
            task: Some("WT1".into()),
            worker: None,
            payload: payload.as_object().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn events_come_back_as_they_went_in_whatever_came_before() {
        for length in [0, 1, 100, 5 << 20, 3, 70_000, 0] {
            let record = encode(&event(length)).unwrap();
            let back = decode(9, 11, &record.body).unwrap();
            assert_eq!((back.seq, back.received_ms, back.event), (9, 11, event(length)));
        }
    }

    #[test]
    fn damage_is_told_by_its_kind() {
        let good = encode(&event(1000)).unwrap().body;
        let packed = |text: &str| zstd::bulk::compress(text.as_bytes(), 1).unwrap();
        assert_eq!(decode(1, 0, b"").unwrap_err(), Unreadable::NotPacked);
        assert_eq!(decode(1, 0, b"nonsense").unwrap_err(), Unreadable::NotPacked);
        assert_eq!(decode(1, 0, &good[..good.len() - 3]).unwrap_err(), Unreadable::NotPacked);
        assert_eq!(decode(1, 0, &packed("{\"id\":")).unwrap_err(), Unreadable::NotAnEvent);
        assert_eq!(decode(1, 0, &packed("[]")).unwrap_err(), Unreadable::NotAnEvent);
        assert!(decode(1, 0, &good).is_ok());
    }
}
