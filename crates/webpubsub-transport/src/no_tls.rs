//! Stands in for `tls` when none of the `rustls-` features is on.

use std::{future::Ready, io};

use tokio::net::TcpStream;

use crate::{Error, TransportConfig};

/// There is none.
#[derive(Clone)]
pub(crate) enum Tls {}

impl Tls {
    pub(crate) fn new(_: &TransportConfig) -> Result<Self, Error> {
        Err(Error::config(
            "https needs TLS: enable `rustls-ring`, `rustls-aws-lc-rs` or `rustls-no-provider`",
        ))
    }

    pub(crate) fn without_http2(self) -> Self {
        self
    }

    pub(crate) fn connect(&self, _: &str, _: TcpStream) -> Ready<io::Result<(TcpStream, bool)>> {
        match *self {}
    }
}
