use std::{io, str};

use tokio::{io::AsyncReadExt as _, net::TcpStream};

/// Reads one request; gives the number in its body.
pub(crate) async fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<usize> {
    bytes.clear();
    loop {
        if stream.read_buf(bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = str::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = content_length(head).ok_or(io::ErrorKind::InvalidData)?;
        // Beyond it there would be a second request, which no client sends before the answer.
        if body.len() >= length {
            return body.parse().map_err(|_| io::ErrorKind::InvalidData.into());
        }
    }
}

fn content_length(head: &str) -> Option<usize> {
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    let (_, length) = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    length.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_found_however_it_is_written() {
        let head = "POST /api HTTP/1.1\r\nhost: here\r\nContent-Length:  12";
        assert_eq!(content_length(head), Some(12));
        assert_eq!(content_length("POST /api HTTP/1.1\r\nhost: here"), None);
    }
}
