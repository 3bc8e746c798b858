use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use tokio::{io::AsyncReadExt as _, net::TcpStream};
use tower::{Service, ServiceExt as _, service_fn};
use webpubsub_auth::{AccessKey, KeyAuthorizer};
use webpubsub_protocol::{
    HubName, MAX_MESSAGE_BYTES, Message, Target, UserId,
    operation::{Operation, SendToAll, UserExists},
};
use webpubsub_transport::{Attempts, Body, BoxError, HttpService, boxed};

/// A key that must never be printed.
pub(crate) const CANARY: &str = "CANARY-7f3a9c";

pub(crate) fn authorizer() -> Arc<KeyAuthorizer> {
    Arc::new(KeyAuthorizer::new(AccessKey::new(CANARY).unwrap()))
}

/// The request of an operation that must not be repeated.
pub(crate) fn send(endpoint: &str) -> Request<Body> {
    request(endpoint, &SendToAll::new(Message::text("hello")))
}

/// A send as large as they get.
pub(crate) fn send_large(endpoint: &str) -> Request<Body> {
    let message = Message::binary(bytes(MAX_MESSAGE_BYTES));
    request(endpoint, &SendToAll::new(message))
}

/// The request of an operation that may be.
pub(crate) fn ask(endpoint: &str) -> Request<Body> {
    request(endpoint, &UserExists::new(UserId::new("ann").unwrap()))
}

fn request(endpoint: &str, operation: &impl Operation) -> Request<Body> {
    let target = Target::new(endpoint.parse().unwrap(), HubName::new("chat").unwrap());
    operation.to_request(&target).unwrap().map(Body::from)
}

/// A service that gives these answers in turn, and what it was sent.
pub(crate) fn scripted(
    answers: impl IntoIterator<Item = Response<Body>>,
) -> (HttpService, Arc<Mutex<Vec<Request<Body>>>>) {
    let answers = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sent = Arc::clone(&seen);
    let service = service_fn(move |request: Request<Body>| {
        sent.lock().unwrap().push(request);
        let answer = answers.lock().unwrap().pop_front();
        async move { Ok::<_, Infallible>(answer.expect("no more requests than answers")) }
    });
    (boxed(service), seen)
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)]) -> Response<Body> {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::default()).unwrap()
}

/// Sends a request through a service, and counts the attempts.
pub(crate) async fn outcome<S>(
    service: S,
    mut request: Request<Body>,
) -> (Result<Response<Body>, BoxError>, u32)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError>,
{
    let attempts = Attempts::default();
    request.extensions_mut().insert(attempts.clone());
    (service.oneshot(request).await, attempts.count())
}

/// A whole body as a server gives it.
pub(crate) fn bytes(len: usize) -> Bytes {
    Bytes::from(vec![b'x'; len])
}

/// Long enough that a test which waits for it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What a server reads up to the end of a request's head.
pub(crate) async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}
