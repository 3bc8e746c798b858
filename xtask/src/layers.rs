use std::{collections::BTreeSet, fmt};

use crate::command::{Outcome, output, program};

/// What a crate may bring with it.
struct Floor {
    name: &'static str,
    /// Beside the default ones.
    features: &'static str,
    /// The crates of this workspace it stands on.
    stands_on: &'static [&'static str],
    /// Crates that must not be in its tree.
    without: &'static [&'static str],
    /// How many crates its tree may have, itself included.
    at_most: usize,
}

const PROTOCOL: &str = "webpubsub-protocol";
const AUTH: &str = "webpubsub-auth";
const TRANSPORT: &str = "webpubsub-transport";
const CLIENT: &str = "webpubsub-client";

const FLOORS: [Floor; 7] = [
    Floor {
        name: PROTOCOL,
        features: "",
        stands_on: &[],
        without: &["tokio", "hyper", "ring"],
        at_most: 20,
    },
    Floor {
        name: AUTH,
        features: "",
        stands_on: &[PROTOCOL],
        without: &["tokio", "hyper", "rustls", "azure_core"],
        at_most: 30,
    },
    Floor {
        name: TRANSPORT,
        features: "",
        stands_on: &[PROTOCOL, AUTH],
        without: &["azure_identity", "aws-lc-rs", "openssl-sys"],
        at_most: 75,
    },
    Floor {
        name: CLIENT,
        features: "",
        stands_on: &[PROTOCOL, AUTH, TRANSPORT],
        without: &["azure_identity", "aws-lc-rs", "openssl-sys"],
        at_most: 85,
    },
    Floor {
        name: "webpubsub-emulator",
        features: "",
        stands_on: &[PROTOCOL, AUTH],
        without: &["azure_identity", "aws-lc-rs", "openssl-sys"],
        // With the program and what makes its certificate; the library alone has 69.
        at_most: 90,
    },
    Floor {
        name: "webpubsub",
        features: "",
        stands_on: &[PROTOCOL, AUTH, TRANSPORT],
        without: &["azure_identity", "aws-lc-rs", "openssl-sys"],
        at_most: 75,
    },
    Floor {
        name: "webpubsub",
        features: "client",
        stands_on: &[PROTOCOL, AUTH, TRANSPORT, CLIENT],
        without: &["azure_identity", "aws-lc-rs", "openssl-sys"],
        at_most: 92,
    },
];

/// Asserts the floors with `cargo tree`.
pub(crate) fn check() -> Outcome {
    for floor in FLOORS {
        let tree = output(program("cargo").args([
            "tree",
            "--package",
            floor.name,
            "--features",
            floor.features,
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ]))?;
        let crates = crates(&tree);
        floor.check(&crates)?;
        println!(
            "{floor}: {} crates, {} allowed",
            crates.len(),
            floor.at_most
        );
    }
    Ok(())
}

impl Floor {
    fn check(&self, crates: &BTreeSet<&str>) -> Outcome {
        let Self {
            name,
            stands_on,
            without,
            at_most,
            ..
        } = self;
        let names: BTreeSet<&str> = crates
            .iter()
            .filter_map(|line| line.split(' ').next())
            .collect();
        if !names.contains(name) {
            return Err(format!("{self} is not in its own tree: {crates:?}"));
        }
        if let Some(foreign) = without.iter().find(|foreign| names.contains(*foreign)) {
            return Err(format!("{self} depends on {foreign}"));
        }
        let ours = names
            .iter()
            .filter(|other| other.starts_with("webpubsub") && *other != name);
        let mut above = ours.filter(|other| !stands_on.contains(other));
        if let Some(above) = above.next() {
            return Err(format!("{self} depends on {above}, which is not below it"));
        }
        if crates.len() > *at_most {
            return Err(format!(
                "{self} has {} crates, more than {at_most}",
                crates.len()
            ));
        }
        Ok(())
    }
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if self.features.is_empty() {
            return Ok(());
        }
        write!(f, " with {}", self.features)
    }
}

/// The lines of a tree as `name version`, each once.
fn crates(tree: &str) -> BTreeSet<&str> {
    let lines = tree.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| line.split(" (").next().unwrap_or(line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOR: Floor = Floor {
        name: "webpubsub-auth",
        features: "",
        stands_on: &[PROTOCOL],
        without: &["tokio"],
        at_most: 3,
    };

    fn check(tree: &str) -> Outcome {
        FLOOR.check(&crates(tree))
    }

    #[test]
    fn a_tree_that_keeps_the_rules_passes() {
        check("webpubsub-auth v0.1.0 (/a)\nwebpubsub-protocol v0.1.0 (/b)\nring v1.0.0\nring v1.0.0 (*)\n").unwrap();
    }

    #[test]
    fn each_broken_rule_is_named() {
        let failures = [
            ("", "is not in its own tree"),
            ("webpubsub-auth v0\ntokio v1.0.0\n", "depends on tokio"),
            ("webpubsub-auth v0\nwebpubsub v0.1.0\n", "is not below it"),
            ("webpubsub-auth v0\na v1\na v2\nb v1\n", "has 4 crates"),
        ];
        for (tree, said) in failures {
            let error = check(tree).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
