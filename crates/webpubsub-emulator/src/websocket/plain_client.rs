use webpubsub_protocol::{GroupName, Message, operation::RequestReader};

use crate::{
    hubs::Connected,
    permissions::Action,
    socket::{Close, Payload},
};

/// A client without a subprotocol.
#[derive(Debug)]
pub(crate) struct PlainClient {
    mode: Mode,
}

/// Where a plain client's frames go (`webpubsub_mode` in its URL).
#[derive(Debug)]
pub(crate) enum Mode {
    /// To the application's event handler.
    SendEvent,
    /// To a group.
    SendToGroup { group: GroupName, no_echo: bool },
}

impl Mode {
    /// Reads the mode from a client's URL; the error is the rule it breaks.
    pub(crate) fn read(request: &RequestReader<'_>) -> Result<Self, String> {
        let mode = request.query("webpubsub_mode").unwrap_or("sendEvent");
        if mode.eq_ignore_ascii_case("sendEvent") {
            Ok(Self::SendEvent)
        } else if mode.eq_ignore_ascii_case("sendToGroup") {
            let group = request.query("group").ok_or("`group` is missing")?;
            let group = GroupName::new(group).map_err(|error| error.to_string())?;
            let no_echo = request
                .query("noEcho")
                .is_some_and(|no_echo| no_echo.eq_ignore_ascii_case("true"));
            Ok(Self::SendToGroup { group, no_echo })
        } else {
            Err("`webpubsub_mode` must be sendEvent or sendToGroup".to_owned())
        }
    }
}

impl PlainClient {
    pub(crate) fn new(mode: Mode) -> Self {
        Self { mode }
    }

    pub(crate) fn receive(&self, connected: &Connected, payload: Payload) -> Result<(), Close> {
        match &self.mode {
            Mode::SendEvent => Err(Close::NO_EVENT_HANDLER),
            Mode::SendToGroup { group, .. } if !connected.member.may(Action::Send, group) => {
                Err(Close::FORBIDDEN)
            }
            Mode::SendToGroup { group, no_echo } => {
                let message = match payload {
                    Payload::Text(text) => Message::text(text.as_str()),
                    Payload::Binary(bytes) => Message::binary(bytes),
                };
                let Connected { hub, member, .. } = connected;
                hub.publish(group, message, None, member, *no_echo);
                Ok(())
            }
        }
    }
}
