use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::socket::Socket;

/// What others do to a client's connection beside sending to it; its task is told.
#[derive(Debug, Default)]
pub(crate) struct Line {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The socket the client has come back with.
    recovered: Option<Box<Socket>>,
    /// Nobody is there any more to be told.
    is_over: bool,
}

impl Line {
    /// Gives the connection a new socket, in place of the one it has or had; gives it back when the connection is no
    /// more.
    pub(crate) fn recover(&self, socket: Box<Socket>) -> Result<(), Box<Socket>> {
        let mut state = self.lock();
        if state.is_over {
            return Err(socket);
        }
        state.recovered = Some(socket);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for a new socket. Nothing is lost when the wait is dropped.
    pub(crate) async fn recovered(&self) -> Box<Socket> {
        loop {
            if let Some(socket) = self.lock().recovered.take() {
                return socket;
            }
            self.changed.notified().await;
        }
    }

    /// Takes nothing any more; gives the socket that came too late.
    pub(crate) fn end(&self) -> Option<Box<Socket>> {
        let mut state = self.lock();
        state.is_over = true;
        state.recovered.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
