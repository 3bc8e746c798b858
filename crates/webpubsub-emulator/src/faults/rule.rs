use fastrand::Rng;
use webpubsub_protocol::{ConnectionId, UserId};

use super::{Fault, Target};

/// When a [`Fault`] happens, and to whom: to everyone, unless told otherwise.
#[derive(Debug, Clone)]
#[must_use = "a rule holds once it is given to `Faults::add`"]
pub struct Rule {
    fault: Fault,
    when: When,
    who: Who,
}

#[derive(Debug, Clone)]
enum When {
    Always,
    Next(u64),
    AtRandom { probability: f64, random: Rng },
}

#[derive(Debug, Clone)]
enum Who {
    Everyone,
    Connection(String),
    User(String),
}

impl Rule {
    fn new(fault: Fault, when: When) -> Self {
        Self {
            fault,
            when,
            who: Who::Everyone,
        }
    }

    /// The fault happens each time it can.
    pub fn always(fault: Fault) -> Self {
        Self::new(fault, When::Always)
    }

    /// The fault happens the next so many times it can, and then no more.
    pub fn next(times: u64, fault: Fault) -> Self {
        Self::new(fault, When::Next(times))
    }

    /// The fault happens with this probability, from 0 to 1, each time it can. With the same seed, and the same order of
    /// what the clients do, it happens at the same times.
    pub fn at_random(probability: f64, seed: u64, fault: Fault) -> Self {
        let random = Rng::with_seed(seed);
        Self::new(
            fault,
            When::AtRandom {
                probability,
                random,
            },
        )
    }

    /// The fault happens to this connection only.
    pub fn for_connection(self, id: &ConnectionId) -> Self {
        let who = Who::Connection(id.to_string());
        Self { who, ..self }
    }

    /// The fault happens to the connections of this user only.
    pub fn for_user(self, id: impl Into<String>) -> Self {
        let who = Who::User(id.into());
        Self { who, ..self }
    }

    pub(super) fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Whether the fault happens, now that it can.
    pub(super) fn strikes(&mut self, target: Target<'_>) -> bool {
        let is_meant = match &self.who {
            Who::Everyone => true,
            Who::Connection(id) => target.connection.map(ConnectionId::as_str) == Some(id),
            Who::User(id) => target.user.map(UserId::as_str) == Some(id),
        };
        is_meant
            && match &mut self.when {
                When::Always => true,
                When::Next(0) => false,
                When::Next(left) => {
                    *left -= 1;
                    true
                }
                When::AtRandom {
                    probability,
                    random,
                } => random.f64() < *probability,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Target<'_> = Target {
        connection: None,
        user: None,
    };

    fn strikes(rule: &mut Rule, times: usize) -> Vec<bool> {
        (0..times).map(|_| rule.strikes(NOBODY)).collect()
    }

    #[test]
    fn a_rule_holds_always_or_a_number_of_times_or_at_random() {
        assert_eq!(strikes(&mut Rule::always(Fault::LoseAck), 2), [true, true]);
        let mut next = Rule::next(2, Fault::LoseAck);
        assert_eq!(strikes(&mut next, 4), [true, true, false, false]);
        for (probability, expected) in [(0.0, false), (1.0, true)] {
            let mut rule = Rule::at_random(probability, 1, Fault::LoseAck);
            assert_eq!(strikes(&mut rule, 50), [expected; 50]);
        }
        let at_random = |seed| strikes(&mut Rule::at_random(0.5, seed, Fault::LoseAck), 100);
        assert_eq!(at_random(1), at_random(1));
        assert_ne!(at_random(1), at_random(2));
        let hits = at_random(1).into_iter().filter(|hit| *hit).count();
        assert!((30..70).contains(&hits), "{hits}");
    }

    #[test]
    fn a_rule_can_be_for_one_connection_or_user() {
        let (ann, bob) = (UserId::new("ann").unwrap(), UserId::new("bob").unwrap());
        let id = ConnectionId::new("c").unwrap();
        let target = |user, connection| Target {
            connection,
            user: Some(user),
        };
        let mut for_ann = Rule::next(1, Fault::LoseAck).for_user("ann");
        assert!(!for_ann.strikes(target(&bob, Some(&id))));
        assert!(!for_ann.strikes(NOBODY));
        assert!(for_ann.strikes(target(&ann, None)));
        let mut for_one = Rule::always(Fault::LoseAck).for_connection(&id);
        assert!(!for_one.strikes(target(&ann, None)));
        assert!(for_one.strikes(target(&bob, Some(&id))));
    }
}
