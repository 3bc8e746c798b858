//! The bare WebSocket library, a task per connection: `taskset -c 0 library_server`.
//!
//! Prints a connection string, of which only the address counts. Whoever asks for an upgrade gets it, unchecked; the body
//! of any other request is sent to all as a text message.

use std::{cell::RefCell, error::Error, rc::Rc};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime, select,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::{LocalSet, spawn_blocking, spawn_local},
};
use tokio_tungstenite::{
    accept_async_with_config,
    tungstenite::{Message, Utf8Bytes, protocol::WebSocketConfig},
};
use webpubsub_bench::{
    open_files,
    server::{connection_string, stand_by},
    upgrade::serve_sends,
};

type Connections = Rc<RefCell<Vec<UnboundedSender<Message>>>>;
type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    open_files::raise_limit()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = connection_string(listener.local_addr()?);
        spawn_local(accept(listener));
        spawn_blocking(move || stand_by(&address)).await??;
        Ok(())
    })
}

async fn accept(listener: TcpListener) {
    let connections = Connections::default();
    while let Ok((stream, _)) = listener.accept().await {
        spawn_local(serve(stream, Rc::clone(&connections)));
    }
}

async fn serve(stream: TcpStream, connections: Connections) -> Outcome {
    stream.set_nodelay(true)?;
    let mut first = [0];
    stream.peek(&mut first).await?;
    if first == *b"G" {
        let (sender, receiver) = unbounded_channel();
        return converse(stream, receiver, || connections.borrow_mut().push(sender)).await;
    }
    let send = async |body: Vec<u8>| {
        let text = Utf8Bytes::try_from(body).unwrap_or_default();
        let message = Message::Text(text);
        let is_there = |connection: &UnboundedSender<_>| connection.send(message.clone()).is_ok();
        connections.borrow_mut().retain(is_there);
    };
    Ok(serve_sends(stream, None, send).await?)
}

async fn converse(
    stream: TcpStream,
    mut messages: UnboundedReceiver<Message>,
    enter: impl FnOnce(),
) -> Outcome {
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0);
    let mut socket = accept_async_with_config(stream, Some(config)).await?;
    enter();
    loop {
        select! {
            message = messages.recv() => match message {
                Some(message) => socket.send(message).await?,
                None => return Ok(()),
            },
            incoming = socket.next() => match incoming {
                Some(incoming) => drop(incoming?),
                None => return Ok(()),
            },
        }
    }
}
