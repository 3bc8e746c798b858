//! The clients that are compared; each sends the same message, made once, with a token of its own.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use webpubsub::{
    AccessKey, Authorizer as _, Message, WebPubSubServiceClient, blocking,
    transport::TransportConfig,
};
use webpubsub_auth::KeyAuthorizer;
use webpubsub_bench::sends::{TEXT, body};

use crate::arguments::Arguments;

const KEY: &str = "a-key-of-44-characters-as-the-portal-shows-1=";

pub(crate) trait Client {
    /// Sends a message and waits for the answer.
    fn send(&self) -> impl Future<Output = Result<(), Box<dyn Error>>>;
}

fn connection_string(arguments: &Arguments) -> String {
    format!(
        "Endpoint={};AccessKey={KEY};Version=1.0;",
        arguments.endpoint
    )
}

fn config(arguments: &Arguments) -> Result<TransportConfig, Box<dyn Error>> {
    let mut config = TransportConfig::default();
    if let Some(certificate) = &arguments.certificate {
        let pem =
            format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
        config.tls.add_root_certificates(&pem)?;
    }
    Ok(config)
}

pub(crate) struct AsyncClient {
    client: WebPubSubServiceClient,
    message: Message,
}

impl AsyncClient {
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Box<dyn Error>> {
        let client = WebPubSubServiceClient::builder()
            .connection_string(&connection_string(arguments))
            .hub("bench")
            .config(config(arguments)?)
            .build()?;
        let message = Message::json(TEXT)?;
        Ok(Self { client, message })
    }
}

impl Client for AsyncClient {
    async fn send(&self) -> Result<(), Box<dyn Error>> {
        Ok(self.client.send_to_all(self.message.clone()).await?)
    }
}

pub(crate) struct BlockingClient {
    client: blocking::WebPubSubServiceClient,
    message: Message,
}

impl BlockingClient {
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Box<dyn Error>> {
        let client = blocking::WebPubSubServiceClient::builder()
            .connection_string(&connection_string(arguments))
            .hub("bench")
            .config(config(arguments)?)
            .build()?;
        let message = Message::json(TEXT)?;
        Ok(Self { client, message })
    }

    pub(crate) fn send(&self) -> Result<(), Box<dyn Error>> {
        Ok(self.client.send_to_all(self.message.clone()).send()?)
    }
}

/// hyper-util's client with a pool like ours, and a token for each request.
pub(crate) struct HyperClient {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    authorizer: KeyAuthorizer,
    url: String,
    body: Bytes,
}

impl HyperClient {
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Box<dyn Error>> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(64)
            .build(connector);
        Ok(Self {
            client,
            authorizer: KeyAuthorizer::new(AccessKey::new(KEY)?),
            url: format!(
                "{}/api/hubs/bench/:send?api-version=2024-12-01",
                arguments.endpoint
            ),
            body: body().into(),
        })
    }
}

impl Client for HyperClient {
    async fn send(&self) -> Result<(), Box<dyn Error>> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.url)
            .header(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
        let request = request.body(Full::from(self.body.clone()))?;
        let (mut parts, body) = request.into_parts();
        let header = self.authorizer.authorize(&parts).await?;
        parts.headers.insert(header::AUTHORIZATION, header);
        let answer = self
            .client
            .request(Request::from_parts(parts, body))
            .await?;
        if !answer.status().is_success() {
            return Err(answer.status().to_string().into());
        }
        answer.into_body().collect().await?;
        Ok(())
    }
}
