//! What comes over a WebSocket: no bytes make a codec panic, and what is a frame is the same frame after it was written
//! and read again.
//!
//! The first byte of an input chooses between JSON and protobuf, client and service.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use webpubsub_protocol::frame::{Data, Format};

fuzz_target!(|input: &[u8]| {
    let Some((choice, content)) = input.split_first() else {
        return;
    };
    let bytes = Bytes::copy_from_slice(content);
    let (format, data) = if choice & 1 == 0 {
        let Ok(text) = std::str::from_utf8(content) else {
            return;
        };
        (Format::Json, Data::Text(text))
    } else {
        (Format::Protobuf, Data::Binary(&bytes))
    };
    if choice & 2 == 0 {
        read_from_client(format, data);
    } else {
        read_from_service(format, data);
    }
});

fn read_from_client(format: Format, data: Data<'_>) {
    if let Ok(frame) = format.decode_client(data) {
        let written = format.encode_client(&frame);
        let again = format.decode_client(written.as_data());
        assert_eq!(again.ok().as_ref(), Some(&frame));
    }
}

fn read_from_service(format: Format, data: Data<'_>) {
    if let Ok(received) = format.decode_service(data)
        && let Some(frame) = &received.frame
    {
        let written = format.encode_service(frame);
        let again = format.decode_service(written.as_data());
        assert_eq!(
            again.ok().and_then(|again| again.frame).as_ref(),
            Some(frame)
        );
    }
}
