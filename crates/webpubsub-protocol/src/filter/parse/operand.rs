//! The part of the parser that reads values: literals, identifiers and functions.

use super::{A_STRING, Parser};
use crate::{
    Error,
    filter::{
        expression::{Condition, Literal, Operand, Type},
        lexer::{Token, unquote},
    },
};

impl Parser<'_> {
    /// An operand, in parentheses or not.
    pub(super) fn operand(&mut self) -> Result<Operand, Error> {
        let start = self.lexer.position();
        match self.negatable()? {
            Condition::Operand(operand) => Ok(operand),
            _ => Err(self.lexer.error("a value is expected", start)),
        }
    }

    pub(super) fn value(&mut self) -> Result<Operand, Error> {
        let start = self.lexer.position();
        let operand = match self.lexer.peek() {
            Token::Text(text) => Operand::Text(Literal(unquote(text).into())),
            Token::Integer(integer) => Operand::Integer(integer),
            Token::Word(word) => {
                self.lexer.advance()?;
                return if self.take(Token::Open)? {
                    let operand = self.deeper(|parser| parser.call(word, start))?;
                    self.expect(Token::Close, "`)`")?;
                    Ok(operand)
                } else {
                    named(word).map_err(|what| self.lexer.error(what, start))
                };
            }
            _ => return Err(self.expected("a value")),
        };
        self.lexer.advance()?;
        Ok(operand)
    }

    /// The arguments of a function.
    fn call(&mut self, function: &str, start: usize) -> Result<Operand, Error> {
        Ok(match function {
            "length" if self.take_groups()? => Operand::GroupCount,
            "length" => Operand::Length(self.text()?.into()),
            "tolower" => Operand::ToLower(self.text()?.into()),
            "toupper" => Operand::ToUpper(self.text()?.into()),
            "trim" => Operand::Trim(self.text()?.into()),
            "substring" => self.substring()?,
            "concat" => Operand::Concat(self.two_texts()?),
            "indexof" => Operand::IndexOf(self.two_texts()?),
            "startswith" => Operand::StartsWith(self.two_texts()?),
            "endswith" => Operand::EndsWith(self.two_texts()?),
            "contains" => Operand::Contains(self.two_texts()?),
            _ => return Err(self.lexer.error("an unknown function", start)),
        })
    }

    fn text(&mut self) -> Result<Operand, Error> {
        let start = self.lexer.position();
        let operand = self.operand()?;
        self.must_fit(&operand, Type::Text, A_STRING, start)?;
        Ok(operand)
    }

    fn two_texts(&mut self) -> Result<Box<[Operand; 2]>, Error> {
        let first = self.text()?;
        self.expect(Token::Comma, "`,`")?;
        Ok(Box::new([first, self.text()?]))
    }

    fn substring(&mut self) -> Result<Operand, Error> {
        let text = self.text()?.into();
        self.expect(Token::Comma, "`,`")?;
        let start = self.count()?;
        let length = if self.take(Token::Comma)? {
            Some(self.count()?)
        } else {
            None
        };
        Ok(Operand::Substring {
            text,
            start,
            length,
        })
    }

    fn count(&mut self) -> Result<usize, Error> {
        let count = match self.lexer.peek() {
            Token::Integer(integer) => usize::try_from(integer).ok(),
            _ => None,
        };
        let count = count.ok_or_else(|| self.expected("an integer from 0 on"))?;
        self.lexer.advance()?;
        Ok(count)
    }
}

/// What a word without arguments stands for. Identifiers have no case, keywords do.
fn named(word: &str) -> Result<Operand, &'static str> {
    let is = |identifier| word.eq_ignore_ascii_case(identifier);
    match word {
        "null" => Ok(Operand::Null),
        "true" => Ok(Operand::Boolean(true)),
        "false" => Ok(Operand::Boolean(false)),
        _ if is("userId") => Ok(Operand::UserId),
        _ if is("connectionId") => Ok(Operand::ConnectionId),
        _ if is("protocol") => Ok(Operand::Protocol),
        _ if is("groups") => Err("`groups` neither after `in` nor in `length`,"),
        _ => Err("an unknown name"),
    }
}
