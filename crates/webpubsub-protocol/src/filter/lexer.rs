//! The words of a filter's text.

use std::borrow::Cow;

use crate::Error;

/// One word. It borrows from the text, so that it costs nothing to look at it twice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    /// A string as it stands between its quotes, quotes in it doubled.
    Text(&'a str),
    Integer(i64),
    /// A keyword, an identifier or the name of a function.
    Word(&'a str),
    Open,
    Close,
    Comma,
    End,
}

/// Goes through a text, one token ahead.
#[derive(Clone, Copy)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    /// Where the token ahead begins and ends.
    start: usize,
    end: usize,
    token: Token<'a>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, Error> {
        let mut lexer = Self {
            text,
            start: 0,
            end: 0,
            token: Token::End,
        };
        lexer.advance()?;
        Ok(lexer)
    }

    /// The token ahead.
    pub(super) fn peek(&self) -> Token<'a> {
        self.token
    }

    /// Where the token ahead begins.
    pub(super) fn position(&self) -> usize {
        self.start
    }

    /// Goes past the token ahead.
    pub(super) fn advance(&mut self) -> Result<(), Error> {
        let rest = self.text[self.end..].trim_ascii_start();
        self.start = self.text.len() - rest.len();
        let (token, length) = self.read(rest)?;
        self.token = token;
        self.end = self.start + length;
        Ok(())
    }

    /// What is wrong, and where: in the error, positions count characters from 1.
    pub(super) fn error(&self, what: &str, position: usize) -> Error {
        let position = self.text[..position].chars().count() + 1;
        Error::argument("filter", format!("{what} at position {position}"))
    }

    fn read(&self, rest: &'a str) -> Result<(Token<'a>, usize), Error> {
        let length_of = |belongs: fn(u8) -> bool| {
            let end = rest.bytes().skip(1).position(|byte| !belongs(byte));
            end.map_or(rest.len(), |end| end + 1)
        };
        match rest.bytes().next() {
            None => Ok((Token::End, 0)),
            Some(b'(') => Ok((Token::Open, 1)),
            Some(b')') => Ok((Token::Close, 1)),
            Some(b',') => Ok((Token::Comma, 1)),
            Some(b'\'') => {
                let inner = &rest[1..];
                let length = closing_quote(inner)
                    .ok_or_else(|| self.error("an unclosed string", self.start))?;
                Ok((Token::Text(&inner[..length]), length + 2))
            }
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => {
                let length = length_of(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                Ok((Token::Word(&rest[..length]), length))
            }
            Some(b'0'..=b'9' | b'+' | b'-') => {
                // Letters belong to it, so that `1or` is one wrong number and not two words.
                let length = length_of(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                let integer = rest[..length]
                    .parse()
                    .map_err(|_| self.error("not an integer of 64 bits", self.start))?;
                Ok((Token::Integer(integer), length))
            }
            Some(_) => Err(self.error("an unexpected character", self.start)),
        }
    }
}

/// The text of a string token.
pub(super) fn unquote(text: &str) -> Cow<'_, str> {
    if text.contains('\'') {
        text.replace("''", "'").into()
    } else {
        text.into()
    }
}

/// The first quote that is not one of two.
fn closing_quote(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let quote = from + text[from..].find('\'')?;
        if !text[quote + 1..].starts_with('\'') {
            return Some(quote);
        }
        from = quote + 2;
    }
}
