//! What filters mean, once more: written with other means than the crate's, to compare with.

mod any;
mod build;
mod meaning;
mod spell_out;

use webpubsub_protocol::filter::ConnectionFacts;

pub(super) use any::{condition, connection, word};

#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) user_id: Option<String>,
    pub(super) id: String,
    pub(super) protocol: Option<String>,
    pub(super) groups: Vec<String>,
}

impl ConnectionFacts for Connection {
    fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    fn connection_id(&self) -> &str {
        &self.id
    }

    fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    fn is_in_group(&self, group: &str) -> bool {
        self.groups.iter().any(|name| name == group)
    }

    fn group_count(&self) -> usize {
        self.groups.len()
    }
}

#[derive(Debug, Clone)]
pub(super) enum Words {
    Given(String),
    User,
    Connection,
    Lower(Box<Words>),
    Upper(Box<Words>),
    Trim(Box<Words>),
    Concat(Box<Words>, Box<Words>),
    Substring(Box<Words>, u32, Option<u32>),
}

#[derive(Debug, Clone)]
pub(super) enum Number {
    Given(i32),
    Groups,
    Length(Words),
    IndexOf(Words, Words),
}

#[derive(Debug, Clone)]
pub(super) enum Condition {
    Constant(bool),
    Text(&'static str, Words, Words),
    IsNull(Words),
    IsNotNull(Words),
    Number(&'static str, Number, Number),
    NumberIn(Number, Vec<Number>),
    OneOf(Words, Vec<Words>),
    InGroup(Words),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}
