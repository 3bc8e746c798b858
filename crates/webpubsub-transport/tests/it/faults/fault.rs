use std::net::SocketAddr;

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) read: Read,
    pub(super) write: Vec<u8>,
    pub(super) end: End,
    /// Whether the service refuses to do the work, should it read the whole request.
    pub(super) rejects: bool,
}

/// How much of a request the server reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Read {
    Nothing,
    Some,
    Whole,
}

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    Keep,
    Close,
    Reset,
    Hang,
}

impl Fault {
    /// A request that is read whole, and these bytes.
    fn new(name: impl Into<String>, write: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            read: Read::Whole,
            write: write.into(),
            end: End::Keep,
            rejects: false,
        }
    }

    fn reading(self, read: Read) -> Self {
        Self { read, ..self }
    }

    fn then(self, end: End) -> Self {
        Self { end, ..self }
    }

    fn rejecting(self, rejects: bool) -> Self {
        Self { rejects, ..self }
    }

    /// No fault at all.
    pub(super) fn none() -> Self {
        Self::new("answers as it should", answer(202, "", ""))
    }

    /// A good answer on a connection that is closed when nobody uses it.
    pub(super) fn closes_when_idle() -> Self {
        Self::new("closes after its answer", answer(202, "", "")).then(End::Close)
    }
}

fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Status\r\n{headers}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// All faults of a server that takes connections; redirects go to `elsewhere`.
pub(super) fn faults(elsewhere: SocketAddr) -> Vec<Fault> {
    let mut faults = vec![Fault::none()];
    faults.extend(broken_exchanges());
    faults.extend(waits());
    faults.extend(statuses(elsewhere));
    faults.extend(broken_answers());
    faults
}

fn broken_exchanges() -> Vec<Fault> {
    let (head, body) = (
        b"HTTP/1.1 202 Acc",
        b"HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\nhalf",
    );
    let mut faults = Vec::new();
    for (does, end) in [
        ("resets", End::Reset),
        ("closes", End::Close),
        ("hangs", End::Hang),
    ] {
        let fault =
            |when: &str, write: &[u8]| Fault::new(format!("{does} {when}"), write).then(end);
        faults.extend([
            fault("before it reads", b"").reading(Read::Nothing),
            fault("while it reads", b"").reading(Read::Some),
            fault("before its answer", b""),
            fault("within its answer's head", head),
            fault("within its answer's body", body),
        ]);
    }
    let whole = Fault::new("resets after its answer", answer(202, "", "whole"));
    faults.extend([whole.then(End::Reset), Fault::closes_when_idle()]);
    faults
}

/// Refusals with each form of `Retry-After`.
fn waits() -> Vec<Fault> {
    let forms = [
        ("x-ms-retry-after-ms: 0", true),
        ("retry-after-ms: 0", true),
        ("retry-after: 0", true),
        ("retry-after: Sun, 06 Nov 1994 08:49:37 GMT", true),
        ("retry-after: 25", true),
        ("retry-after: 3600", true),
        ("retry-after: soon", false),
        ("", false),
    ];
    let mut faults = Vec::new();
    for status in [429, 503] {
        for (form, is_wait) in forms {
            let line = if form.is_empty() {
                String::new()
            } else {
                format!("{form}\r\n")
            };
            let name = if form.is_empty() {
                format!("{status}")
            } else {
                format!("{status}, `{form}`")
            };
            let fault = Fault::new(name, answer(status, &line, ""));
            faults.push(fault.rejecting(status == 429 || is_wait));
        }
    }
    faults
}

fn statuses(elsewhere: SocketAddr) -> Vec<Fault> {
    let of_server = [408, 500, 502, 504, 501]
        .map(|status| Fault::new(format!("{status}"), answer(status, "", "")));
    let location = format!("location: http://{elsewhere}/api/hubs/chat/:send\r\n");
    let redirects = [301, 302, 307, 308].map(|status| {
        let name = format!("{status} to another server");
        Fault::new(name, answer(status, &location, ""))
    });
    of_server.into_iter().chain(redirects).collect()
}

fn broken_answers() -> Vec<Fault> {
    let (json, html) = (
        "content-type: application/json\r\n",
        "content-type: text/html\r\n",
    );
    let large_body = "x".repeat(super::table::MAX_RESPONSE_BYTES + 1);
    let large_headers = format!("x-large: {}\r\n", "x".repeat(1 << 20));
    vec![
        Fault::new(
            "400, its JSON cut short",
            answer(400, json, r#"{"code":"Info"#),
        ),
        Fault::new(
            "400, HTML in place of JSON",
            answer(400, html, "<h1>Bad</h1>"),
        ),
        Fault::new(
            "500, its body larger than the limit",
            answer(500, "", &large_body),
        ),
        Fault::new("202, headers of 1 MiB", answer(202, &large_headers, "")),
        Fault::new("garbage in place of HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    ]
}
