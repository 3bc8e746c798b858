//! What the tests of operations share.

use std::{fmt::Debug, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use webpubsub_protocol::{
    ConnectionId, Error, GroupName, HubName, Target, UserId,
    operation::{MessageTtl, Operation, RequestReader},
};

pub(crate) fn target(endpoint: &str) -> Target {
    Target::new(endpoint.parse().unwrap(), HubName::new("Chat").unwrap())
}

pub(crate) fn contoso() -> Target {
    target("https://contoso.webpubsub.azure.com/sub/")
}

pub(crate) fn request<O: Operation>(operation: &O) -> Request<Bytes> {
    operation.to_request(&contoso()).unwrap()
}

/// Reads an operation back as a server behind the endpoint's sub-path would.
pub(crate) fn read_back<O: Operation>(request: &Request<Bytes>) -> Result<O, Error> {
    let path = request.uri().path().strip_prefix("/sub").unwrap();
    let segments = O::TEMPLATE
        .matches(path)
        .expect("a request has its template's shape");
    O::read(&RequestReader::new(
        segments,
        request.uri().query(),
        request.headers(),
        request.body(),
    )?)
}

/// The request, after checking that it reads back as the operation it was.
pub(crate) fn checked_request<O: Operation + PartialEq + Debug>(operation: &O) -> Request<Bytes> {
    let request = request(operation);
    assert_eq!(read_back::<O>(&request).unwrap(), *operation);
    request
}

pub(crate) fn with_query(request: &Request<Bytes>, added: &str) -> Request<Bytes> {
    let mut request = request.clone();
    *request.uri_mut() = format!("{}{added}", request.uri()).parse().unwrap();
    request
}

/// The query's pairs, decoded and sorted.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text| {
        let bytes = percent_encoding::percent_decode_str(text);
        bytes.decode_utf8().unwrap().into_owned()
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<_> = pairs
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(key, value)| (decode(key), decode(value)))
        .collect();
    pairs.sort();
    pairs
}

pub(crate) fn header_lines(headers: &HeaderMap) -> impl Iterator<Item = String> {
    headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
}

pub(crate) fn answer(status: StatusCode, body: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = status;
    response
}

pub(crate) fn group() -> GroupName {
    GroupName::new("room 1/é").unwrap()
}

pub(crate) fn user() -> UserId {
    UserId::new("a/b c+d%é").unwrap()
}

pub(crate) fn connection(id: &str) -> ConnectionId {
    ConnectionId::new(id).unwrap()
}

pub(crate) fn ttl() -> MessageTtl {
    Duration::from_secs(60).try_into().unwrap()
}

/// The rows of a table whose columns are parted by tabs; lines that begin with `#` are none.
pub(crate) fn rows<const COLUMNS: usize>(
    table: &'static str,
) -> impl Iterator<Item = [&'static str; COLUMNS]> {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let cells: Vec<_> = line.split('\t').collect();
        cells
            .try_into()
            .unwrap_or_else(|_| panic!("{COLUMNS} columns: {line}"))
    })
}
