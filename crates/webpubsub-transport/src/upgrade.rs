use std::{
    fmt, io,
    pin::Pin,
    sync::OnceLock,
    task::{Context, Poll},
};

use http::{Request, Response, StatusCode, Uri, header};
use hyper::{client::conn::http1, upgrade};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tower::ServiceExt as _;

use crate::{
    Body, BoxError, Error, TransportConfig,
    dialer::{Dialer, Schemes},
    tls::Tls,
    user_agent::UserAgentLayer,
};

/// Opens connections that leave HTTP behind after their first request, such as WebSockets: each its own, in HTTP/1.1,
/// straight or through the configured proxy, in TLS for `https`.
///
/// It needs a tokio runtime while it is used.
pub struct Upgrader {
    config: TransportConfig,
    tls: OnceLock<Tls>,
}

impl Upgrader {
    /// With these settings; it takes `connect_timeout`, `proxy`, `tls` and `application_id`.
    #[must_use]
    pub fn new(config: TransportConfig) -> Self {
        Self {
            config,
            tls: OnceLock::new(),
        }
    }

    /// Sends a request with an `http` or `https` URL and `Upgrade` headers; gives the answer, and the connection if the server
    /// switched protocols. A refusal's body is not waited for. `Host` and `User-Agent` are set here. Nothing here keeps a token
    /// from going out in clear: the caller sees to the URL.
    ///
    /// An error of kind [`InvalidConfig`](crate::ErrorKind::InvalidConfig) if TLS cannot be set up or the proxy cannot be
    /// used, of kind [`Connect`](crate::ErrorKind::Connect) if there is no connection, [`Io`](crate::ErrorKind::Io) if it
    /// breaks off before the answer. There is no timeout but the one for connecting.
    pub async fn upgrade(
        &self,
        mut request: Request<()>,
    ) -> Result<Response<Option<Upgraded>>, Error> {
        let user_agent = UserAgentLayer::new(self.config.application_id.as_deref())?;
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, user_agent.value().clone());
        let connection = self.dialer(request.uri())?.oneshot(request.uri().clone());
        let connection = connection.await.map_err(own)?;
        let (mut sender, driver) = http1::handshake(connection).await.map_err(Error::connect)?;
        // It ends with the sender, or with the upgrade.
        tokio::spawn(driver.with_upgrades());
        let response = sender.send_request(in_origin_form(request));
        let response = response.await.map_err(Error::io)?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let (parts, body) = response.into_parts();
            let upgraded = upgrade::on(Response::from_parts(parts.clone(), body));
            let stream = Upgraded(TokioIo::new(upgraded.await.map_err(Error::io)?));
            return Ok(Response::from_parts(parts, Some(stream)));
        }
        Ok(response.map(|_| None))
    }

    fn dialer(&self, url: &Uri) -> Result<Dialer, Error> {
        let schemes = if url.scheme_str() == Some("https") {
            Schemes::Https(self.tls()?)
        } else {
            Schemes::Http
        };
        let proxies = self.config.proxy.rules().into();
        Ok(Dialer::new(schemes, proxies, self.config.connect_timeout))
    }

    /// Made once: reading the certificates of the platform takes a while.
    fn tls(&self) -> Result<Tls, Error> {
        let known = self.tls.get().cloned();
        known.map_or_else(
            || {
                let made = Tls::new(&self.config).map(Tls::without_http2);
                made.map(|tls| self.tls.get_or_init(|| tls).clone())
            },
            Ok,
        )
    }
}

/// As a server, not a proxy, is asked: with the path alone, and the host in its header.
fn in_origin_form(request: Request<()>) -> Request<Body> {
    let (mut parts, ()) = request.into_parts();
    let host = parts.uri.authority().map(|host| host.as_str().parse());
    if let Some(Ok(host)) = host {
        parts.headers.insert(header::HOST, host);
    }
    if let Some(path) = parts.uri.path_and_query() {
        parts.uri = path.clone().into();
    }
    Request::from_parts(parts, Body::default())
}

fn own(error: BoxError) -> Error {
    match error.downcast::<Error>() {
        Ok(own) => *own,
        Err(foreign) => Error::connect(foreign),
    }
}

/// A connection that has left HTTP.
pub struct Upgraded(TokioIo<upgrade::Upgraded>);

impl AsyncRead for Upgraded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Upgraded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }
}

impl fmt::Debug for Upgrader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgrader")
    }
}

impl fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgraded")
    }
}
