use std::{ffi::OsStr, fs};

use crate::{
    CHECKS,
    command::{Outcome, output, program, read, root, run},
};

const PAGES: [&str; 10] = [
    "README.md",
    "docs/architecture.md",
    "docs/client.md",
    "docs/migrating-from-python.md",
    "docs/parity.md",
    "docs/performance.md",
    "docs/performance-notes.md",
    "docs/reliability.md",
    "docs/websocket-library.md",
    "examples/README.md",
];

/// The README's code compiles; its commands, and the files the pages link to, exist.
pub(crate) fn check() -> Outcome {
    for page in PAGES {
        links_exist(page)?;
    }
    blocks_stand_in("docs/migrating-from-python.md", "examples/migrating.rs")?;
    let readme = read("README.md")?;
    let examples =
        output(program("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))?;
    for command in commands(&readme) {
        is_known(command, |example| {
            examples.contains(&format!(
                "\"kind\":[\"example\"],\"crate_types\":[\"bin\"],\"name\":\"{example}\""
            ))
        })?;
    }
    test_command()?;
    // The examples' library includes the README as a doctest.
    run(
        "cargo",
        &["test", "--package", "webpubsub-examples", "--doc"],
    )
}

/// The README's line that runs the tests.
pub(crate) fn test_command() -> Outcome<String> {
    let readme = read("README.md")?;
    let command = commands(&readme)
        .into_iter()
        .find(|command| command.starts_with("cargo test"));
    command
        .map(str::to_owned)
        .ok_or_else(|| "README.md gives no `cargo test` command".to_owned())
}

/// The lines of the page's shell blocks.
fn commands(page: &str) -> Vec<&str> {
    blocks(page, "sh")
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| !line.trim().is_empty())
        .collect()
}

/// The contents of the page's fenced blocks of one language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    let blocks = page.split(&opening).skip(1);
    blocks
        .filter_map(|rest| Some(rest.split_once("```")?.0))
        .collect()
}

fn is_program(package: &str) -> bool {
    let main = format!("crates/{package}/src/bin/{package}/main.rs");
    root().join(main).exists()
}

/// Each Rust block of a page stands in a program, but for indentation and for how lines are broken.
fn blocks_stand_in(page: &str, program: &str) -> Outcome {
    let code = squeezed(&read(program)?);
    let text = read(page)?;
    let missing = blocks(&text, "rust")
        .into_iter()
        .find(|block| !code.contains(&squeezed(block)));
    missing.map_or(Ok(()), |block| {
        Err(format!(
            "{page}: this block does not stand in {program}:\n{block}"
        ))
    })
}

/// Code as one line without white space, in which trailing commas do not count.
fn squeezed(code: &str) -> String {
    let code: String = code.split_whitespace().collect();
    code.replace(",)", ")")
        .replace(",]", "]")
        .replace(",}", "}")
}

fn is_known(command: &str, is_example: impl Fn(&str) -> bool) -> Outcome {
    let words: Vec<&str> = command.split_whitespace().collect();
    let known = match words[..] {
        ["cargo", "run", "--example", example] => is_example(example),
        ["cargo", "run", "--package", package]
        | ["cargo", "run", "--package", package, "--", ..] => is_program(package),
        ["cargo", "xtask", check] => CHECKS.iter().any(|(known, ..)| *known == check),
        ["cargo", "test", ..] => true,
        _ => false,
    };
    if known {
        Ok(())
    } else {
        Err(format!(
            "README.md: nothing is known of the command `{command}`"
        ))
    }
}

fn links_exist(page: &str) -> Outcome {
    let text = read(page)?;
    let page_path = root().join(page);
    let folder = page_path.parent().unwrap_or(&page_path);
    for link in links(&text) {
        let (file, part) = link.split_once('#').unwrap_or((link, ""));
        let path = folder.join(file);
        if !path.exists() {
            return Err(format!("{page} links to {file}, which does not exist"));
        }
        // A part of Rust code is a function, such as a test.
        if path.extension() == Some(OsStr::new("rs")) && !part.is_empty() {
            let code = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
            if !code.contains(&format!("fn {part}(")) {
                return Err(format!(
                    "{page} links to {part} in {file}, which has no such function"
                ));
            }
        }
    }
    Ok(())
}

/// The files a page links to, with the part that is meant behind a `#`.
pub(crate) fn links(page: &str) -> Vec<&str> {
    let targets = page
        .split("](")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(')')?.0));
    targets
        .filter(|target| !target.starts_with('#') && !target.contains("://"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_the_lines_of_shell_blocks() {
        let page =
            "a\n```sh\ncargo test\n\ncargo xtask ci\n```\n```rust\nlet x;\n```\n```sh\nb\n```\n";
        assert_eq!(commands(page), ["cargo test", "cargo xtask ci", "b"]);
    }

    #[test]
    fn commands_that_do_not_exist_are_found() {
        let is_example = |example: &str| example == "quickstart";
        for known in [
            "cargo run --example quickstart",
            "cargo run --package webpubsub-emulator",
            "cargo run --package webpubsub-emulator -- --tls",
            "cargo xtask layers",
            "cargo test --workspace",
        ] {
            is_known(known, is_example).unwrap();
        }
        for unknown in [
            "cargo run --example gone",
            "cargo xtask gone",
            "cargo run --package gone",
            "rm -rf x",
        ] {
            assert!(is_known(unknown, is_example).is_err(), "{unknown}");
        }
    }

    #[test]
    fn a_block_is_compared_but_for_its_layout() {
        assert_eq!(squeezed("f(\n    a,\n    b,\n)"), squeezed("f(a, b)"));
        assert_ne!(squeezed("f(a, b)"), squeezed("f(a, c)"));
    }

    #[test]
    fn links_are_files_only() {
        let page = "[a](docs/a.md#part) [b](https://example.com) [c](#here) [d](b.rs)";
        assert_eq!(links(page), ["docs/a.md#part", "b.rs"]);
    }
}
