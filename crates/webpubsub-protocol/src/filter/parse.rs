//! From a filter's text to its meaning. Types are checked here, so that evaluating cannot fail.

mod operand;

use std::str::FromStr;

use super::{
    Expression,
    expression::{Comparison, Condition, Junction, Operand, Type},
    lexer::{Lexer, Token},
};
use crate::Error;

/// How deep parentheses, `not` and functions may stand in each other (the official emulator's limit).
pub const MAX_DEPTH: usize = 100;

const A_STRING: &str = "a string is expected";
const ONE_TYPE: &str = "values of one type are expected";

impl FromStr for Expression {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parser = Parser {
            lexer: Lexer::new(text)?,
            depth: 0,
        };
        let condition = parser.any()?;
        let condition = parser.whole(condition)?;
        match parser.lexer.peek() {
            Token::End => Ok(Self(condition)),
            _ => Err(parser.expected("the end, `and` or `or`")),
        }
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// What `or` joins, which is anything: a condition, or an operand that still looks for its comparison.
    fn any(&mut self) -> Result<Condition, Error> {
        self.joined(Junction::Or, "or", |parser| {
            parser.joined(Junction::And, "and", Self::clause)
        })
    }

    fn joined(
        &mut self,
        junction: Junction,
        keyword: &'static str,
        part: fn(&mut Self) -> Result<Condition, Error>,
    ) -> Result<Condition, Error> {
        let first = part(self)?;
        if self.lexer.peek() != Token::Word(keyword) {
            return Ok(first);
        }
        let mut parts = Vec::new();
        add(&mut parts, junction, self.whole(first)?);
        while self.take(Token::Word(keyword))? {
            let next = part(self)?;
            add(&mut parts, junction, self.whole(next)?);
        }
        Ok(Condition::Joined(junction, parts))
    }

    /// What `and` joins.
    fn clause(&mut self) -> Result<Condition, Error> {
        let start = self.lexer.position();
        match self.negatable()? {
            Condition::Operand(left) => self.comparison(left, start),
            condition => Ok(condition),
        }
    }

    /// What `not` can stand before: it binds more tightly than a comparison.
    fn negatable(&mut self) -> Result<Condition, Error> {
        if self.take(Token::Word("not"))? {
            let start = self.lexer.position();
            let inner = self.deeper(Self::negatable)?;
            if !inner.is_whole() {
                let what = "a function that is a condition, or parentheses, must follow `not`";
                return Err(self.lexer.error(what, start));
            }
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.take(Token::Open)? {
            let inner = self.deeper(Self::any)?;
            self.expect(Token::Close, "`)`")?;
            return Ok(inner);
        }
        self.value().map(Condition::Operand)
    }

    /// An operand and what is said of it, if anything is.
    fn comparison(&mut self, left: Operand, start: usize) -> Result<Condition, Error> {
        let operator = self.lexer.position();
        let Token::Word(word) = self.lexer.peek() else {
            return Ok(Condition::Operand(left));
        };
        let comparison = match word {
            "eq" => Comparison::Equal,
            "ne" => Comparison::NotEqual,
            "gt" => Comparison::Greater,
            "ge" => Comparison::GreaterOrEqual,
            "lt" => Comparison::Less,
            "le" => Comparison::LessOrEqual,
            "in" => return self.membership(left, start),
            _ => return Ok(Condition::Operand(left)),
        };
        self.lexer.advance()?;
        let right = self.operand()?;
        match comparison {
            Comparison::Equal | Comparison::NotEqual => {
                self.must_fit(&right, left.r#type(), ONE_TYPE, operator)?;
            }
            _ => {
                let what = "only integers can be greater or less,";
                self.must_fit(&left, Type::Integer, what, operator)?;
                self.must_fit(&right, Type::Integer, what, operator)?;
            }
        }
        Ok(Condition::Compare(left, comparison, right))
    }

    fn membership(&mut self, left: Operand, start: usize) -> Result<Condition, Error> {
        self.lexer.advance()?;
        if self.take_groups()? {
            self.must_fit(&left, Type::Text, A_STRING, start)?;
            return Ok(Condition::InGroups(left));
        }
        self.expect(Token::Open, "`groups` or a list in parentheses")?;
        let mut list = Vec::new();
        loop {
            let start = self.lexer.position();
            let item = self.operand()?;
            self.must_fit(&item, left.r#type(), ONE_TYPE, start)?;
            list.push(item);
            if !self.take(Token::Comma)? {
                break;
            }
        }
        self.expect(Token::Close, "`,` or `)`")?;
        Ok(Condition::InList(left, list))
    }

    /// Reads `groups`, in any number of parentheses, if that is what lies ahead.
    fn take_groups(&mut self) -> Result<bool, Error> {
        let before = self.lexer;
        let mut open = 0;
        while self.take(Token::Open)? {
            open += 1;
        }
        match self.lexer.peek() {
            Token::Word(word) if word.eq_ignore_ascii_case("groups") => self.lexer.advance()?,
            _ => {
                self.lexer = before;
                return Ok(false);
            }
        }
        for _ in 0..open {
            self.expect(Token::Close, "`)`")?;
        }
        Ok(true)
    }

    /// What was just read, if it needs no comparison any more.
    fn whole(&self, condition: Condition) -> Result<Condition, Error> {
        if condition.is_whole() {
            Ok(condition)
        } else {
            Err(self.expected("a comparison"))
        }
    }

    fn must_fit(
        &self,
        operand: &Operand,
        r#type: Type,
        what: &str,
        position: usize,
    ) -> Result<(), Error> {
        if operand.r#type().fits(r#type) {
            Ok(())
        } else {
            Err(self.lexer.error(what, position))
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == MAX_DEPTH {
            let what = format!("more than {MAX_DEPTH} levels");
            return Err(self.lexer.error(&what, self.lexer.position()));
        }
        self.depth += 1;
        let read = read(self)?;
        self.depth -= 1;
        Ok(read)
    }

    /// Goes past the token ahead if it is this one.
    fn take(&mut self, token: Token<'a>) -> Result<bool, Error> {
        let is_ahead = self.lexer.peek() == token;
        if is_ahead {
            self.lexer.advance()?;
        }
        Ok(is_ahead)
    }

    fn expect(&mut self, token: Token<'a>, name: &str) -> Result<(), Error> {
        if self.take(token)? {
            Ok(())
        } else {
            Err(self.expected(name))
        }
    }

    fn expected(&self, what: &str) -> Error {
        let what = format!("{what} is expected");
        self.lexer.error(&what, self.lexer.position())
    }
}

fn add(parts: &mut Vec<Condition>, junction: Junction, part: Condition) {
    match part {
        Condition::Joined(inner, more) if inner == junction => parts.extend(more),
        part => parts.push(part),
    }
}
