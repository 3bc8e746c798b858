use std::ops::ControlFlow;

/// The most bytes before a payload that is not masked.
const MAX_HEAD: usize = 10;

/// What kind of frame there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opcode {
    Data,
    Ping,
    Close,
    Other,
}

/// Tells the frames of a server apart, without a look at what is in them.
#[derive(Debug, Default)]
pub(super) struct Frames {
    head: [u8; MAX_HEAD],
    /// How many bytes of the head are there.
    known: usize,
    /// How much of the payload is still to come.
    left: usize,
}

impl Frames {
    /// Takes the next bytes; calls for each frame that is complete, until told to stop.
    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        mut complete: impl FnMut(Opcode) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        loop {
            if self.left == 0 && self.is_known() {
                self.known = 0;
                complete(self.opcode())?;
            }
            let Some((first, rest)) = bytes.split_first() else {
                return ControlFlow::Continue(());
            };
            if self.is_known() {
                let skipped = self.left.min(bytes.len());
                self.left -= skipped;
                bytes = &bytes[skipped..];
            } else {
                self.head[self.known] = *first;
                self.known += 1;
                bytes = rest;
                if self.is_known() {
                    self.left = self.length();
                }
            }
        }
    }

    fn is_known(&self) -> bool {
        self.known >= 2 && self.known == 2 + self.length_bytes()
    }

    /// How many bytes give the length, beside the two that all frames have.
    fn length_bytes(&self) -> usize {
        match self.head[1] {
            126 => 2,
            127 => 8,
            _ => 0,
        }
    }

    fn length(&self) -> usize {
        let long = &self.head[2..2 + self.length_bytes()];
        if long.is_empty() {
            return usize::from(self.head[1]);
        }
        long.iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte))
    }

    fn opcode(&self) -> Opcode {
        match self.head[0] & 0x0f {
            1 | 2 => Opcode::Data,
            8 => Opcode::Close,
            9 => Opcode::Ping,
            _ => Opcode::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Opcode::{Close, Data, Ping};

    #[test]
    fn frames_are_told_apart_however_their_bytes_arrive() {
        let mut bytes = vec![0x89, 0, 0x81, 3];
        bytes.extend(b"abc");
        bytes.extend([0x82, 126, 1, 0]);
        bytes.extend([7; 256]);
        bytes.extend([0x81, 0, 0x88, 2, 3, 232]);
        for size in 1..=bytes.len() {
            let (mut frames, mut seen) = (Frames::default(), Vec::new());
            for part in bytes.chunks(size) {
                let _ = frames.feed(part, |opcode| {
                    seen.push(opcode);
                    ControlFlow::Continue(())
                });
            }
            assert_eq!(seen, [Ping, Data, Data, Data, Close]);
        }
    }
}
