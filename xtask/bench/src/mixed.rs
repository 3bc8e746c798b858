//! What `load_mixed` reports.

use serde::{Deserialize, Serialize};

use crate::{Usage, memory::Memory};

/// The figures of `load_mixed`. A *reader* is connected throughout; a *visitor* comes and goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mixed {
    /// Seconds it took to connect all readers, and have them join their groups.
    pub connecting: f64,
    /// Seconds of traffic.
    pub wall: f64,
    /// Clients that were connected throughout, and checked each message.
    pub readers: u64,
    /// Connections that were made and ended meanwhile.
    pub visits: u64,
    /// Reliable clients that broke off without a goodbye: their connections wait half a minute for them in vain.
    pub deserted: u64,
    /// Groups that visitors joined, and left again.
    pub joins: u64,
    /// Messages that the service client sent to all.
    pub broadcasts: u64,
    /// Messages that clients sent to groups.
    pub sent_by_clients: u64,
    /// Messages that the service client sent to groups.
    pub sent_by_service: u64,
    /// Messages that arrived, at readers and visitors.
    pub received: u64,
    /// Sockets that broke and were taken up again, without a loss.
    pub recoveries: u64,
    /// Seconds within which half of the broadcasts had reached every reader.
    pub broadcast_p50: f64,
    /// Seconds within which the slowest had.
    pub broadcast_max: f64,
    /// What the emulator used during the traffic; its memory is what it held at the end of it.
    pub emulator: Usage,
    /// What the clients' process used during the traffic, likewise.
    pub clients: Usage,
    /// The emulator's memory.
    pub memory: Memory,
}
