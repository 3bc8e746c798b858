use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tower::{Service, ServiceExt as _};
use webpubsub_auth::BoxFuture;

use crate::{
    BoxError, Error,
    connection::Connection,
    proxy::{ProxyServer, Rules, tunnel},
    tls::Tls,
};

/// Which schemes may be reached, and how.
#[derive(Clone)]
pub(crate) enum Schemes {
    Http,
    Https(Tls),
    Both(Tls),
}

/// Makes connections: straight or through a proxy, in TLS for `https`.
#[derive(Clone)]
pub(crate) struct Dialer {
    tcp: HttpConnector,
    schemes: Schemes,
    proxies: Arc<Rules>,
    limit: Duration,
}

impl Dialer {
    /// `limit` is for all of a connection: TCP, proxy and TLS.
    pub(crate) fn new(schemes: Schemes, proxies: Arc<Rules>, limit: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        // Divided over a host's addresses, so that one which is silent leaves time for the next.
        tcp.set_connect_timeout(Some(limit));
        tcp.set_nodelay(true);
        // `dial` decides on schemes.
        tcp.enforce_http(false);
        Self {
            tcp,
            schemes,
            proxies,
            limit,
        }
    }

    async fn dial(self, url: Uri) -> Result<Connection, BoxError> {
        let proxy = self.proxies.server_for(&url)?;
        let first_hop = proxy.map_or(&url, ProxyServer::uri).clone();
        let tcp = self.tcp.oneshot(first_hop);
        match (url.scheme_str(), self.schemes) {
            (Some("http"), Schemes::Http | Schemes::Both(_)) => {
                let stream = tcp.await?.into_inner();
                Ok(Connection::new(stream).proxied(proxy.is_some()))
            }
            (Some("https"), Schemes::Https(tls) | Schemes::Both(tls)) => {
                let mut stream = tcp.await?;
                if let Some(proxy) = proxy {
                    stream = tunnel(stream, proxy, &url).await?;
                }
                let host = url.host().unwrap_or_default();
                let (stream, is_http2) = tls.connect(host, stream.into_inner()).await?;
                Ok(Connection::new(stream).http2(is_http2))
            }
            _ => Err(Error::not_connected("the URL's scheme is not the endpoint's").into()),
        }
    }
}

impl Service<Uri> for Dialer {
    type Response = Connection;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Connection, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        let limit = self.limit;
        let dial = self.clone().dial(url);
        Box::pin(async move {
            let outcome = tokio::time::timeout(limit, dial).await;
            outcome.unwrap_or_else(|_| {
                let what = format!("connect_timeout of {limit:?} ran out");
                Err(Error::not_connected(what).into())
            })
        })
    }
}
