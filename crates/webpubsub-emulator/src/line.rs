use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, watch};

use crate::socket::{Close, Socket};

/// What others do to a client's connection beside sending to it; its task is told.
#[derive(Debug)]
pub(crate) struct Line {
    state: Mutex<State>,
    changed: Notify,
    is_read: watch::Sender<bool>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            changed: Notify::new(),
            is_read: watch::Sender::new(true),
        }
    }
}

#[derive(Debug, Default)]
struct State {
    orders: VecDeque<Order>,
    /// Nobody is there any more to be told.
    is_over: bool,
}

/// What a connection's task is told to do, whatever it is about.
#[derive(Debug)]
pub(crate) enum Order {
    /// Go on with the socket the client has come back with.
    Replace(Box<Socket>),
    /// Break the socket off.
    Drop,
    /// Close the socket.
    Close(Close),
}

impl Line {
    /// Tells the connection's task; false when the connection is no more.
    pub(crate) fn order(&self, order: Order) -> bool {
        self.try_order(order).is_ok()
    }

    /// Whether the socket is to be read from; false when the connection is no more.
    pub(crate) fn set_read(&self, is_read: bool) -> bool {
        self.is_read.send_replace(is_read);
        !self.lock().is_over
    }

    /// Tells whether the socket is to be read from.
    pub(crate) fn is_read(&self) -> watch::Receiver<bool> {
        self.is_read.subscribe()
    }

    /// Gives the connection a new socket, in place of the one it has or had; gives it back when the connection is no
    /// more.
    pub(crate) fn recover(&self, socket: Box<Socket>) -> Result<(), Box<Socket>> {
        match self.try_order(Order::Replace(socket)) {
            Err(Order::Replace(socket)) => Err(socket),
            _ => Ok(()),
        }
    }

    fn try_order(&self, order: Order) -> Result<(), Order> {
        let mut state = self.lock();
        if state.is_over {
            return Err(order);
        }
        state.orders.push_back(order);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the next order. Nothing is lost when the wait is dropped.
    pub(crate) async fn next(&self) -> Order {
        loop {
            if let Some(order) = self.lock().orders.pop_front() {
                return order;
            }
            self.changed.notified().await;
        }
    }

    /// Waits for a new socket; there is none for other orders to be about.
    pub(crate) async fn recovered(&self) -> Box<Socket> {
        loop {
            if let Order::Replace(socket) = self.next().await {
                return socket;
            }
        }
    }

    /// Takes nothing any more; gives the sockets that came too late.
    pub(crate) fn end(&self) -> Vec<Socket> {
        let mut state = self.lock();
        state.is_over = true;
        let late = state.orders.drain(..).filter_map(|order| match order {
            Order::Replace(socket) => Some(*socket),
            _ => None,
        });
        late.collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
