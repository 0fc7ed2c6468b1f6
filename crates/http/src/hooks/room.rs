//! Room for deliveries: how many at once, how many of one address, how many bytes.

use crate::app::App;
use crate::config::HttpConfig;
use crate::error::{ApiError, Code};
use crate::limits::network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What all event doors of a process share.
pub(crate) struct Room {
    places: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    /// Places and bytes that an address holds.
    by_address: Mutex<HashMap<IpAddr, (usize, usize)>>,
}

impl Room {
    pub(crate) fn new(config: &HttpConfig) -> Self {
        Self {
            places: Arc::new(Semaphore::new(config.door_places)),
            bytes: Arc::new(Semaphore::new(config.door_bytes.min(Semaphore::MAX_PERMITS))),
            by_address: Mutex::default(),
        }
    }

    fn addresses(&self) -> MutexGuard<'_, HashMap<IpAddr, (usize, usize)>> {
        self.by_address.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A delivery's place. Kept until the answer, so that what waits for the disk counts too.
pub(crate) struct Place {
    app: App,
    address: IpAddr,
    /// Bytes of this delivery.
    held: usize,
    bytes: Option<OwnedSemaphorePermit>,
    _place: OwnedSemaphorePermit,
}

impl Place {
    /// A place, if this address and all together leave one.
    pub(crate) fn take(app: &App, address: IpAddr) -> Result<Place, ApiError> {
        let (room, address) = (&app.room, network(address));
        let mut addresses = room.addresses();
        if addresses.get(&address).is_some_and(|held| held.0 >= app.config().door_places_an_address) {
            return Err(ApiError::later(Code::TooManyRequests, 1));
        }
        let place = room.places.clone().try_acquire_owned().map_err(|_| full())?;
        addresses.entry(address).or_default().0 += 1;
        drop(addresses);
        Ok(Place { app: app.clone(), address, held: 0, bytes: None, _place: place })
    }

    /// Room for more bytes of the body.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), ApiError> {
        {
            // Nobody alone may take the room of all.
            let mut addresses = self.app.room.addresses();
            let own = &mut addresses.entry(self.address).or_default().1;
            if *own + bytes > (self.app.config().door_bytes / 4).max(self.app.config().door_body_limit) {
                return Err(ApiError::later(Code::TooManyRequests, 1));
            }
            *own += bytes;
            self.held += bytes;
        }
        let bytes = u32::try_from(bytes).map_err(|_| full())?;
        let more = self.app.room.bytes.clone().try_acquire_many_owned(bytes).map_err(|_| full())?;
        match &mut self.bytes {
            Some(held) => held.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut addresses = self.app.room.addresses();
        if let Some(held) = addresses.get_mut(&self.address) {
            held.0 -= 1;
            held.1 -= self.held.min(held.1);
            if held.0 == 0 {
                addresses.remove(&self.address);
            }
        }
    }
}

fn full() -> ApiError {
    ApiError::later(Code::Unavailable, 1)
}
