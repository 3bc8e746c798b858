/// What the service said to a call that succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebPubSubResult {
    /// The id the call was acknowledged by; `None` if it asked for no ack.
    pub ack_id: Option<u64>,
    /// Whether the service had carried out this very call before, when it was sent first: this time it did nothing.
    pub is_duplicate: bool,
}

impl WebPubSubResult {
    pub(crate) fn acknowledged(ack_id: u64) -> Self {
        Self {
            ack_id: Some(ack_id),
            is_duplicate: false,
        }
    }

    pub(crate) fn duplicate(ack_id: u64) -> Self {
        Self {
            ack_id: Some(ack_id),
            is_duplicate: true,
        }
    }

    pub(crate) fn unacknowledged() -> Self {
        Self {
            ack_id: None,
            is_duplicate: false,
        }
    }
}
