//! The floor of a fan-out, one `send` per socket: `taskset -c 0 raw_server`.
//!
//! Prints a connection string, of which only the address counts. Whoever asks for an upgrade gets it; the body of any
//! other request is sent to all as a text message.

use std::{error::Error, io, rc::Rc};

use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    runtime,
    sync::Mutex,
    task::{LocalSet, spawn_blocking, spawn_local},
};
use webpubsub_bench::{
    open_files,
    server::{connection_string, stand_by},
    upgrade::{Request, serve_sends},
};

type Sockets = Rc<Mutex<Vec<TcpStream>>>;

fn main() -> Result<(), Box<dyn Error>> {
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
    let sockets = Sockets::default();
    while let Ok((stream, _)) = listener.accept().await {
        spawn_local(serve(stream, Rc::clone(&sockets)));
    }
}

async fn serve(mut stream: TcpStream, sockets: Sockets) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match Request::read(&mut stream).await? {
        Some(Request::Upgrade(answer)) => {
            stream.write_all(answer.as_bytes()).await?;
            sockets.lock().await.push(stream);
            Ok(())
        }
        Some(Request::Send(first)) => {
            let send = |body: Vec<u8>| fan_out(&sockets, text_frame(&body));
            serve_sends(stream, Some(first), send).await
        }
        None => Ok(()),
    }
}

async fn fan_out(sockets: &Sockets, frame: Vec<u8>) {
    let mut sockets = sockets.lock().await;
    let mut at = 0;
    while let Some(socket) = sockets.get(at) {
        if write(socket, &frame).await.is_ok() {
            at += 1;
        } else {
            sockets.swap_remove(at);
        }
    }
}

/// Waits only for a socket that is full.
async fn write(socket: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match socket.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => socket.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A text message in one frame, as servers write it.
fn text_frame(text: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u16::try_from(text.len()) {
        Ok(length @ ..126) => frame.extend(u8::try_from(length)),
        Ok(length) => {
            frame.push(126);
            frame.extend(length.to_be_bytes());
        }
        Err(_) => {
            frame.push(127);
            frame.extend((text.len() as u64).to_be_bytes());
        }
    }
    frame.extend(text);
    frame
}
