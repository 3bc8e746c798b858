use std::{convert::Infallible, io, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tracing::debug;

use crate::{rest, shared::Shared, tls::Tls, websocket};

/// How long to wait before accepting again when the system is short of sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long a request that is under way may take when the emulator stops.
const STOP_GRACE: Duration = Duration::from_secs(1);

/// Takes connections until the emulator stops.
pub(crate) async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    while let Some(accepted) = shared
        .tasks
        .stopping
        .run_until_cancelled(listener.accept())
        .await
    {
        match accepted {
            Ok((stream, _)) => shared.tasks.spawn(serve(Arc::clone(&shared), stream)),
            Err(error) => pause(&error).await,
        }
    }
}

async fn pause(error: &io::Error) {
    debug!(%error, "could not accept a connection");
    sleep(ACCEPT_PAUSE).await;
}

/// Serves one connection, encrypted if the emulator is.
async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    // Without it small answers wait for the peer's acknowledgement.
    let _ = stream.set_nodelay(true);
    match &shared.tls {
        None => converse(&shared, stream).await,
        // Boxed, or else each connection had room for the larger of the two.
        Some(tls) => Box::pin(encrypt(&shared, tls, stream)).await,
    }
}

/// Shakes hands, then serves.
async fn encrypt(shared: &Arc<Shared>, tls: &Tls, stream: TcpStream) {
    let handshake = timeout(shared.limits.request_timeout, tls.accept(stream));
    let stopping = &shared.tasks.stopping;
    match stopping.run_until_cancelled(handshake).await {
        Some(Ok(Ok(stream))) => converse(shared, stream).await,
        Some(Ok(Err(error))) => debug!(%error, "a TLS handshake failed"),
        Some(Err(_)) => debug!("a TLS handshake took too long"),
        None => {}
    }
}

/// Answers the requests of one connection.
async fn converse<S>(shared: &Arc<Shared>, stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request| answer(Arc::clone(shared), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.request_timeout)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    if shared
        .tasks
        .stopping
        .run_until_cancelled(connection.as_mut())
        .await
        .is_none()
    {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(STOP_GRACE, connection).await;
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = if websocket::is_client_path(request.uri().path()) {
        websocket::answer(&shared, request).await
    } else {
        rest::answer(&shared, request).await
    };
    // The query of a client that connects has its token.
    debug!(%method, path = uri.path(), status = response.status().as_u16(), "answered");
    Ok(response.map(Full::new))
}
