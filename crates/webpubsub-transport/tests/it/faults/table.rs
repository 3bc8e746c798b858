use std::{
    fmt::{self, Write as _},
    net::SocketAddr,
    time::Duration,
};

use http::{Request, Response};
use tokio::{net::TcpListener, time::timeout};
use webpubsub_transport::{Body, BoxError, Error, HttpService, TransportConfig, default_stack};

use super::{
    clock::{self, outlast},
    fault::{Fault, Read, faults},
    server::Server,
};
use crate::support::{PATIENCE, authorizer, outcome, send, send_large};

/// The largest answer that is read here.
pub(super) const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// Default settings, but for waits and limits that a test has no time for.
pub(super) fn config() -> TransportConfig {
    let mut config = TransportConfig::default();
    config.retry.base_delay = Duration::ZERO;
    config.max_response_bytes = MAX_RESPONSE_BYTES;
    config.attempt_timeout = Duration::from_secs(1);
    config.overall_timeout = Duration::from_secs(20);
    config
}

/// A request that is harmless to repeat, and whose answer has a body.
pub(super) fn question(url: &str) -> Request<Body> {
    let request = Request::get(format!("{url}/api/hubs/chat/groups/room/connections"));
    request.body(Body::default()).unwrap()
}

/// How a call ended.
pub(super) fn word(result: &Result<Response<Body>, BoxError>) -> String {
    match result {
        Ok(response) if response.status().is_success() => "success".to_owned(),
        Ok(response) => response.status().as_u16().to_string(),
        Err(error) => error.downcast_ref::<Error>().unwrap().kind().to_string(),
    }
}

/// What became of one call.
struct Cell {
    outcome: String,
    attempts: u32,
    received: usize,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} | {} | {}",
            self.outcome, self.attempts, self.received
        )
    }
}

/// One call, of a stack that is made for it.
struct Call {
    stack: HttpService,
    make: fn(&str) -> Request<Body>,
    url: String,
}

impl Call {
    fn new(address: SocketAddr, make: fn(&str) -> Request<Body>) -> Self {
        let url = format!("http://{address}");
        let stack = default_stack(&config(), &url.parse().unwrap(), authorizer()).unwrap();
        Self { stack, make, url }
    }

    async fn outcome(&self) -> (String, u32) {
        let call = outcome(self.stack.clone(), (self.make)(&self.url));
        let (result, attempts) = timeout(PATIENCE, call).await.unwrap();
        (word(&result), attempts)
    }
}

async fn refused(make: fn(&str) -> Request<Body>) -> Cell {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (outcome, attempts) = Call::new(address, make).outcome().await;
    Cell {
        outcome,
        attempts,
        received: 0,
    }
}

async fn met(fault: Fault, make: fn(&str) -> Request<Body>) -> Cell {
    let server = Server::start(move || fault.clone()).await;
    let call = Call::new(server.address, make);
    let (outcome, attempts) = outlast(&server, call.outcome()).await;
    drop(call);
    Cell {
        outcome,
        attempts,
        received: server.finish().await.len(),
    }
}

/// The second of two calls: the first one leaves its connection, which the server then closes.
async fn after_idling(make: fn(&str) -> Request<Body>) -> Cell {
    let server = Server::start(Fault::closes_when_idle).await;
    let call = Call::new(server.address, make);
    call.outcome().await;
    server.connection_closed().await;
    let (outcome, attempts) = call.outcome().await;
    drop(call);
    Cell {
        outcome,
        attempts,
        received: server.finish().await.len() - 1,
    }
}

async fn table() -> String {
    let elsewhere = Server::start(Fault::none).await;
    let mut table = "\
| The server | Send | attempts | received | Question | attempts | received |
|---|---|---|---|---|---|---|
"
    .to_owned();
    let mut row = |name: &str, sent: Cell, asked: Cell| {
        writeln!(table, "| {name} | {sent} | {asked} |").unwrap();
    };
    row(
        "refuses the connection",
        refused(send).await,
        refused(question).await,
    );
    row(
        "has closed the idle connection",
        after_idling(send).await,
        after_idling(question).await,
    );
    for fault in faults(elsewhere.address) {
        // So large that the client is still writing when the server stops reading.
        let a_send = if fault.read == Read::Some {
            send_large
        } else {
            send
        };
        let sent = met(fault.clone(), a_send).await;
        row(&fault.name, sent, met(fault.clone(), question).await);
    }
    assert!(
        elsewhere.finish().await.is_empty(),
        "a redirect was followed"
    );
    table
}

#[tokio::test(start_paused = true)]
async fn each_fault_has_the_outcome_that_the_document_says() {
    let _held = clock::hold();
    let document = include_str!("../../../../../docs/reliability.md");
    let table = table().await;
    assert!(
        document.ends_with(&format!("\n\n{table}")),
        "the document must end with\n\n{table}"
    );
}
