use webpubsub_protocol::{
    GroupName,
    frame::{AckError, AckErrorName, ClientFrame, ServiceFrame, Subprotocol},
};

use super::ack_ids::AckIds;
use crate::{
    audience::{Audience, Selection},
    hubs::Connected,
    member::Member,
    permissions::Action,
    socket::{Close, Payload},
};

/// A client of a subprotocol.
#[derive(Debug)]
pub(crate) struct SubprotocolClient {
    subprotocol: Subprotocol,
    processed: AckIds,
}

impl SubprotocolClient {
    pub(crate) fn new(subprotocol: Subprotocol) -> Self {
        Self {
            subprotocol,
            processed: AckIds::default(),
        }
    }

    pub(crate) fn subprotocol(&self) -> Subprotocol {
        self.subprotocol
    }

    /// Carries out a frame; gives the ack it asks for.
    pub(crate) fn receive(
        &mut self,
        connected: &Connected,
        payload: &Payload,
    ) -> Result<Option<ServiceFrame>, Close> {
        let format = self.subprotocol.format();
        if !format.takes(payload.as_data()) {
            return Err(Close::wrong_type(format));
        }
        let invalid = || Close::invalid_message(format);
        let frame = format
            .decode_client(payload.as_data())
            .map_err(|_| invalid())?;
        match frame {
            ClientFrame::SequenceAck { sequence_id } if self.subprotocol.is_reliable() => {
                connected.member.outbox.acknowledge(sequence_id);
                Ok(None)
            }
            // The other subprotocols have no such frame, as they have no numbers.
            ClientFrame::SequenceAck { .. } => Err(invalid()),
            ClientFrame::Ping => {
                connected.member.send_frame(&ServiceFrame::Pong);
                Ok(None)
            }
            operation => Ok(self.process(connected, operation)),
        }
    }

    /// Carries out an operation, unless it was already; gives the ack it asks for.
    fn process(&mut self, connected: &Connected, operation: ClientFrame) -> Option<ServiceFrame> {
        let Some(ack_id) = operation.ack_id() else {
            // Nobody asks how it went.
            let _ = execute(connected, operation);
            return None;
        };
        if self.processed.contains(ack_id) {
            let result = Err(duplicate(ack_id));
            return Some(ServiceFrame::Ack { ack_id, result });
        }
        let result = execute(connected, operation);
        if result.is_ok() {
            self.processed.insert(ack_id);
        }
        Some(ServiceFrame::Ack { ack_id, result })
    }
}

fn execute(connected: &Connected, operation: ClientFrame) -> Result<(), AckError> {
    let (hub, member) = (&connected.hub, &connected.member);
    match operation {
        ClientFrame::JoinGroup { group, .. } => {
            permit(member, Action::JoinOrLeave, "join", &group)?;
            hub.join(&Selection::of(Audience::Connection(&member.id)), &[group]);
        }
        ClientFrame::LeaveGroup { group, .. } => {
            permit(member, Action::JoinOrLeave, "leave", &group)?;
            hub.leave_groups(&Selection::of(Audience::Connection(&member.id)), &[group]);
        }
        ClientFrame::SendToGroup {
            group,
            message,
            no_echo,
            message_ttl,
            ..
        } => {
            permit(member, Action::Send, "send to", &group)?;
            hub.publish(&group, message, message_ttl, member, no_echo);
        }
        // There is no event handler it could reach.
        _ => {
            return Err(AckError::new(
                AckErrorName::InternalServerError,
                "Internal server error",
            ));
        }
    }
    Ok(())
}

fn permit(member: &Member, action: Action, what: &str, group: &GroupName) -> Result<(), AckError> {
    if member.may(action, group) {
        return Ok(());
    }
    let message = format!("The client does not have permission to {what} group '{group}'.");
    Err(AckError::new(AckErrorName::Forbidden, message))
}

fn duplicate(ack_id: u64) -> AckError {
    let message = format!("Message with ack-id: {ack_id} has been processed");
    AckError::new(AckErrorName::Duplicate, message)
}
