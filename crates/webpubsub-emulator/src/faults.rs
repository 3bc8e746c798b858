//! Faults on purpose, for tests of what has to cope with them.

mod rule;

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use webpubsub_protocol::{ConnectionId, UserId};

pub use self::rule::Rule;
use crate::{
    hubs::Hubs,
    line::{Line, Order},
    member::Member,
    socket::Close,
};

/// Makes the emulator fail on purpose, to test what has to cope with that. Cheap to clone; see
/// [`Emulator::faults`](crate::Emulator::faults).
///
/// What happens to connections now is a method; what is to happen to them later is a [`Rule`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), webpubsub_emulator::Error> {
/// use std::time::Duration;
/// use webpubsub_emulator::{Emulator, Fault, Moment, Rule};
///
/// let emulator = Emulator::builder().start().await?;
/// let faults = emulator.faults();
/// faults.add(Rule::next(1, Fault::LoseAck));
/// faults.add(Rule::always(Fault::DelayUpgrade(Duration::from_millis(50))).for_user("ann"));
/// faults.add(Rule::at_random(0.01, 42, Fault::Drop(Moment::AfterReading)));
/// // ... the test, in which clients connect and send ...
/// println!("{} faults", faults.injected());
/// faults.clear();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Faults(Arc<Inner>);

struct Inner {
    hubs: Weak<Hubs>,
    /// Whether there is a rule: without one, nobody looks for any.
    is_armed: AtomicBool,
    rules: Mutex<Vec<Rule>>,
    injected: AtomicU64,
    /// As many as acks may be delayed.
    delays: Arc<Semaphore>,
}

/// How many acks may be delayed at a time; a client whose next one is to be delayed then is not heard until there is room.
const MAX_DELAYED_ACKS: usize = 1000;

/// What goes wrong by a [`Rule`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A client that wants to connect, or to recover its connection, is refused with this status.
    RefuseUpgrade(StatusCode),
    /// It has to wait this long, by the emulator's [clock](crate::Clock).
    DelayUpgrade(Duration),
    /// What a client asked for is done, but the ack is not sent.
    LoseAck,
    /// The ack is sent this much later, by the emulator's [clock](crate::Clock). At most 1,000 are delayed at a time; a
    /// client whose next one is to be delayed then is not read until there is room.
    DelayAck(Duration),
    /// The socket breaks off at such a moment, without a close frame. A reliable client can recover its connection.
    Drop(Moment),
}

/// When a socket breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moment {
    /// A client's frame was read, and is not carried out.
    AfterReading,
    /// A client's frame was carried out, and is not acknowledged.
    AfterExecuting,
    /// A frame for the client is about to be written, and is not.
    BeforeWriting,
    /// A frame for the client was written.
    AfterWriting,
}

/// Who something is about to happen to.
#[derive(Clone, Copy)]
pub(crate) struct Target<'t> {
    /// `None` before a client has a connection.
    pub(crate) connection: Option<&'t ConnectionId>,
    pub(crate) user: Option<&'t UserId>,
}

impl Faults {
    pub(crate) fn new(hubs: &Arc<Hubs>) -> Self {
        Self(Arc::new(Inner {
            hubs: Arc::downgrade(hubs),
            is_armed: AtomicBool::new(false),
            rules: Mutex::default(),
            injected: AtomicU64::new(0),
            delays: Arc::new(Semaphore::new(MAX_DELAYED_ACKS)),
        }))
    }

    /// Breaks a connection's socket off, without a close frame; false if there is no such connection. A reliable client
    /// can recover the connection.
    #[must_use = "false is a fault that did not happen"]
    pub fn drop_connection(&self, id: &ConnectionId) -> bool {
        self.reach(id, |line| line.order(Order::Drop))
    }

    /// Closes a connection's socket with this code and reason; false if there is no such connection. With 1000 and 1008
    /// the connection is gone, with another code a reliable client can recover it, as when a front end of the service
    /// goes away.
    #[must_use = "false is a fault that did not happen"]
    pub fn close_connection(&self, id: &ConnectionId, code: u16, reason: &str) -> bool {
        self.reach(id, |line| line.order(Order::Close(Close::of(code, reason))))
    }

    /// Reads nothing more from a connection's socket until [`resume_reading`](Self::resume_reading); false if there is no
    /// such connection. It goes on being written to.
    #[must_use = "false is a fault that did not happen"]
    pub fn pause_reading(&self, id: &ConnectionId) -> bool {
        self.reach(id, |line| line.set_read(false))
    }

    /// Reads from a connection's socket again; false if there is no such connection.
    #[must_use = "false is a fault that did not happen"]
    pub fn resume_reading(&self, id: &ConnectionId) -> bool {
        self.reach(id, |line| line.set_read(true))
    }

    /// From now on this rule holds too. Of several that fit, the one added first counts.
    pub fn add(&self, rule: Rule) {
        let mut rules = self.rules();
        rules.push(rule);
        self.0.is_armed.store(true, Ordering::Relaxed);
    }

    /// No rule holds any more. What was paused or dropped stays so.
    pub fn clear(&self) {
        let mut rules = self.rules();
        rules.clear();
        self.0.is_armed.store(false, Ordering::Relaxed);
    }

    /// How many faults there were, by rules and by methods.
    #[must_use]
    pub fn injected(&self) -> u64 {
        self.0.injected.load(Ordering::Relaxed)
    }

    /// Whether there is a rule.
    pub(crate) fn are_armed(&self) -> bool {
        self.0.is_armed.load(Ordering::Relaxed)
    }

    /// The fault among those of interest that is to happen now.
    pub(crate) fn pick<T>(
        &self,
        target: Target<'_>,
        interest: impl Fn(&Fault) -> Option<T>,
    ) -> Option<T> {
        if !self.are_armed() {
            return None;
        }
        let picked = self.rules().iter_mut().find_map(|rule| {
            let fault = interest(rule.fault())?;
            rule.strikes(target).then_some(fault)
        });
        if picked.is_some() {
            self.count();
        }
        picked
    }

    /// Whether the socket is to break off now.
    pub(crate) fn drops(&self, member: &Member, moment: Moment) -> bool {
        let is_this = |fault: &Fault| (*fault == Fault::Drop(moment)).then_some(());
        self.pick(member.as_target(), is_this).is_some()
    }

    /// Waits for room to delay an ack; there is room again when this is dropped.
    pub(crate) async fn delay(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.0.delays).acquire_owned().await.ok()
    }

    fn reach(&self, id: &ConnectionId, tell: impl FnOnce(&Line) -> bool) -> bool {
        let member = self.0.hubs.upgrade().and_then(|hubs| hubs.member(id));
        let is_there = member.is_some_and(|member| tell(&member.line));
        if is_there {
            self.count();
        }
        is_there
    }

    fn count(&self) {
        self.0.injected.fetch_add(1, Ordering::Relaxed);
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.0.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("rules", &*self.rules())
            .field("injected", &self.injected())
            .finish()
    }
}
