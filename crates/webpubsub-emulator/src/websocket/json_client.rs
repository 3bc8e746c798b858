use std::collections::{HashSet, VecDeque};

use webpubsub_protocol::{
    GroupName,
    frame::{AckError, AckErrorName, ClientFrame, Data, Format, ServiceFrame},
};

use crate::{
    audience::{Audience, Selection},
    hubs::Connected,
    member::Member,
    permissions::Action,
    socket::Close,
};

/// How many ack ids of a connection are remembered to tell duplicates (the official emulator's number).
const REMEMBERED_ACK_IDS: usize = 1000;

/// A client of the JSON subprotocol.
#[derive(Debug, Default)]
pub(crate) struct JsonClient {
    processed: AckIds,
}

impl JsonClient {
    /// Carries out a frame, and acknowledges it if it asks for that.
    pub(crate) fn receive(&mut self, connected: &Connected, text: &str) -> Result<(), Close> {
        let frame = Format::Json
            .decode_client(Data::Text(text))
            .map_err(|_| Close::INVALID_JSON_FRAME)?;
        let ack_id = frame.ack_id();
        let result = match ack_id {
            Some(ack_id) if self.processed.contains(ack_id) => Err(duplicate(ack_id)),
            _ => execute(connected, frame),
        };
        if let Some(ack_id) = ack_id {
            if result.is_ok() {
                self.processed.insert(ack_id);
            }
            connected
                .member
                .send_frame(&ServiceFrame::Ack { ack_id, result });
        }
        Ok(())
    }
}

fn execute(connected: &Connected, frame: ClientFrame) -> Result<(), AckError> {
    let (hub, member) = (&connected.hub, &connected.member);
    match frame {
        ClientFrame::Ping => member.send_frame(&ServiceFrame::Pong),
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
            ..
        } => {
            permit(member, Action::Send, "send to", &group)?;
            hub.publish(&group, message, member, no_echo);
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

/// The ack ids processed last.
#[derive(Debug, Default)]
struct AckIds {
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl AckIds {
    fn contains(&self, id: u64) -> bool {
        self.known.contains(&id)
    }

    fn insert(&mut self, id: u64) {
        self.known.insert(id);
        self.order.push_back(id);
        if self.order.len() > REMEMBERED_ACK_IDS
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}
