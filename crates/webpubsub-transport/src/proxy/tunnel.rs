use http::{Request, Uri, header};
use hyper::{client::conn::http1, upgrade};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::ProxyServer;
use crate::{Body, BoxError, Error};

/// Has the proxy behind `stream` connect it to the host of `url`.
pub(crate) async fn tunnel(
    stream: TokioIo<TcpStream>,
    proxy: &ProxyServer,
    url: &Uri,
) -> Result<TokioIo<TcpStream>, BoxError> {
    let host = url.host().unwrap_or_default();
    let target = format!("{host}:{}", url.port_u16().unwrap_or(443));
    let mut request = Request::connect(&target).header(header::HOST, &target);
    if let Some(authorization) = proxy.authorization() {
        request = request.header(header::PROXY_AUTHORIZATION, authorization);
    }

    let (mut sender, connection) = http1::handshake(stream).await?;
    // It ends with the sender, or with the upgrade.
    tokio::spawn(connection.with_upgrades());
    let response = sender.send_request(request.body(Body::default())?).await?;
    if !response.status().is_success() {
        let status = response.status();
        let what = format!("the proxy refused to connect to the service: {status}");
        return Err(Error::not_connected(what).into());
    }
    let upgraded = upgrade::on(response).await?;
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        // In TLS the client speaks first.
        Ok(parts) if parts.read_buf.is_empty() => Ok(parts.io),
        _ => Err("the proxy sent more than its answer".into()),
    }
}
