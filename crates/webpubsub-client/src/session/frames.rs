use std::time::Instant;

use tracing::debug;
use webpubsub_protocol::frame::{AckError, ClientFrame, ServiceFrame};

use super::{
    Output, Phase, Session,
    calls::{Answered, Caller, Pending},
};
use crate::{Error, Event, GroupMessage, RejoinGroupFailed, ServerMessage, WebPubSubResult};

/// Frames.
impl Session {
    pub(super) fn handle(&mut self, frame: ServiceFrame, sequence_id: Option<u64>, now: Instant) {
        match frame {
            ServiceFrame::Ack { ack_id, result } => self.answered(ack_id, result, now),
            ServiceFrame::GroupMessage {
                group,
                message,
                from_user_id,
            } => self.deliver(Event::GroupMessage(GroupMessage {
                group,
                message,
                from_user_id,
                sequence_id,
            })),
            ServiceFrame::ServerMessage { message } => {
                self.deliver(Event::ServerMessage(ServerMessage {
                    message,
                    sequence_id,
                }));
            }
            ServiceFrame::Disconnected { message } => {
                if let Some(connection) = &mut self.connection {
                    connection.goodbye = Some(message);
                }
            }
            _ => {}
        }
    }

    pub(super) fn answered(&mut self, ack_id: u64, result: Result<(), AckError>, now: Instant) {
        let max_repeats = self.options.max_retries;
        match self.calls.answered(ack_id, result, max_repeats, now) {
            Answered::Done(pending, outcome) => self.finish(pending, outcome),
            Answered::Repeated => debug!(ack_id, "the service failed; will repeat"),
            Answered::Unknown => debug!(ack_id, "an answer nobody waits for"),
        }
    }

    pub(super) fn finish(&mut self, pending: Pending, outcome: Result<WebPubSubResult, Error>) {
        match &pending.frame {
            ClientFrame::JoinGroup { group, .. } if outcome.is_ok() => {
                self.groups.insert(group.clone());
            }
            ClientFrame::LeaveGroup { group, .. } if outcome.is_ok() => {
                self.groups.remove(group);
                self.calls.forget_rejoin(group);
            }
            _ => {}
        }
        match (pending.caller, outcome) {
            (Caller::User(reply), outcome) => reply.give(outcome),
            (Caller::Rejoin(group), Err(error)) => {
                self.deliver(Event::RejoinGroupFailed(RejoinGroupFailed { group, error }));
            }
            (Caller::Rejoin(_), Ok(_)) => {}
        }
    }

    pub(super) fn refuse_calls(&mut self) {
        for pending in self.calls.drain() {
            let error = Error::stopped(pending.is_written());
            pending.caller.refuse(error);
        }
    }

    pub(super) fn write_all(&mut self, numbers: Vec<u64>) {
        for number in numbers {
            self.write(number);
        }
    }

    pub(super) fn write(&mut self, number: u64) {
        let Some(pending) = self.calls.write(number) else {
            return;
        };
        if pending.frame.ack_id().is_some() {
            let frame = pending.frame.clone();
            return self.send(frame);
        }
        if let Some(Pending {
            frame,
            caller: Caller::User(reply),
            ..
        }) = self.calls.take(number)
        {
            self.outputs.push_back(Output::WriteOnly(frame, reply));
        }
    }

    /// Tells the service what has arrived, if it is time.
    pub(super) fn acknowledge(&mut self, now: Instant) {
        let (Phase::Connected(_), Some(connection)) = (&self.phase, &mut self.connection) else {
            return;
        };
        if connection.sequence.due().is_some_and(|due| due <= now) {
            let sequence_id = connection.sequence.acknowledge();
            self.send(ClientFrame::SequenceAck { sequence_id });
        }
    }
}
