use std::{convert::Infallible, io, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tracing::debug;
use webpubsub_auth::AccessKey;

use crate::{Limits, connection_id::ConnectionIds, hub::Hubs, rest, tasks::Tasks, websocket};

/// How long to wait before accepting again when the system is short of sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) key: AccessKey,
    pub(crate) hubs: Arc<Hubs>,
    pub(crate) ids: ConnectionIds,
    pub(crate) limits: Limits,
    pub(crate) tasks: Tasks,
}

/// Takes connections until the emulator stops.
pub(crate) async fn accept(server: Arc<Server>, listener: TcpListener) {
    while let Some(accepted) = server
        .tasks
        .stopping
        .run_until_cancelled(listener.accept())
        .await
    {
        match accepted {
            Ok((stream, _)) => server.tasks.spawn(serve(Arc::clone(&server), stream)),
            Err(error) => pause(&error).await,
        }
    }
}

async fn pause(error: &io::Error) {
    debug!(%error, "could not accept a connection");
    sleep(ACCEPT_PAUSE).await;
}

/// Answers the requests of one connection.
async fn serve(server: Arc<Server>, stream: TcpStream) {
    // Without it small answers wait for the peer's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(Arc::clone(&server), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(server.limits.request_timeout)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    if server
        .tasks
        .stopping
        .run_until_cancelled(connection.as_mut())
        .await
        .is_none()
    {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

async fn answer(
    server: Arc<Server>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let response = if websocket::is_client_path(request.uri().path()) {
        websocket::answer(&server, request)
    } else {
        rest::answer(&server, request).await
    };
    Ok(response.map(Full::new))
}
