use webpubsub_bench::Outcome;

use crate::message::{Numbered, Stream};

/// How far a client is in each of the streams it receives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Positions {
    /// `None` before the first message, which can have any number.
    pub(crate) broadcast: Option<u64>,
    pub(crate) by_client: Option<u64>,
    pub(crate) by_service: Option<u64>,
}

impl Positions {
    /// Of a client that was there before the first message.
    pub(crate) fn from_start() -> Self {
        Self::after(0, 0, 0)
    }

    /// Of a client that has had so many messages of each stream.
    pub(crate) fn after(broadcasts: u64, by_client: u64, by_service: u64) -> Self {
        Self {
            broadcast: Some(broadcasts),
            by_client: Some(by_client),
            by_service: Some(by_service),
        }
    }

    /// Takes a message in; an error if it is not the next of its stream, or not for a member of this group.
    pub(crate) fn take(&mut self, message: Numbered, group: usize) -> Outcome {
        let Numbered { stream, number } = message;
        let position = match stream {
            Stream::Broadcast => &mut self.broadcast,
            Stream::Client(of) if of == group => &mut self.by_client,
            Stream::Service(of) if of == group => &mut self.by_service,
            _ => return Err(format!("a member of group {group} got {message:?}").into()),
        };
        if let Some(last) = *position
            && number != last + 1
        {
            let what = format!("a member of group {group} got {message:?} after number {last}");
            return Err(what.into());
        }
        *position = Some(number);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(positions: &mut Positions, stream: Stream, number: u64) -> bool {
        positions.take(Numbered { stream, number }, 7).is_ok()
    }

    #[test]
    fn a_gap_a_double_and_a_foreign_group_are_seen() {
        let mut positions = Positions::from_start();
        assert!(take(&mut positions, Stream::Broadcast, 1));
        assert!(take(&mut positions, Stream::Client(7), 1));
        assert!(take(&mut positions, Stream::Broadcast, 2));
        assert!(!take(&mut positions, Stream::Broadcast, 2));
        assert!(!take(&mut positions, Stream::Broadcast, 4));
        assert!(!take(&mut positions, Stream::Service(8), 1));
        assert_eq!(positions, Positions::after(2, 1, 0));
    }

    #[test]
    fn who_comes_later_begins_where_the_stream_is() {
        let mut positions = Positions::default();
        assert!(take(&mut positions, Stream::Service(7), 40));
        assert!(!take(&mut positions, Stream::Service(7), 42));
    }
}
