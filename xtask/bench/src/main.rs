//! Measures; see `cargo xtask bench`.

fn main() {}
