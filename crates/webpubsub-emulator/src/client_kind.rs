/// How a client wants what is sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientKind {
    /// Payloads as they are.
    Plain,
    /// Frames of the JSON subprotocol.
    Json,
}
