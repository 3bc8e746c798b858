use proptest::prelude::*;
use webpubsub_protocol::filter::Expression;

use super::{evaluating::ann, model, read};

/// The structure of an expression: `Debug` leaves the strings out.
fn shape(expression: &Expression) -> String {
    format!("{expression:?}")
}

proptest! {
    #[test]
    fn a_built_filter_reads_as_what_was_meant(condition in model::condition()) {
        let built = condition.build();
        let quoted = |text: &str| format!("'{}'", text.split('\'').collect::<Vec<_>>().join("''"));
        prop_assert_eq!(built.parse().unwrap(), read(&condition.spell_out(quoted)), "{}", built);
    }

    #[test]
    fn no_string_changes_the_structure(condition in model::condition()) {
        let built = condition.build();
        let harmless = condition.spell_out(|_| "'a'".to_owned());
        prop_assert_eq!(shape(&built.parse().unwrap()), shape(&read(&harmless)), "{}", built);
    }

    #[test]
    fn an_expression_selects_whom_the_model_selects(condition in model::condition(), connection in model::connection()) {
        let built = condition.build();
        prop_assert_eq!(built.parse().unwrap().matches(&connection), condition.holds(&connection), "{}", built);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = text.parse::<Expression>();
    }

    #[test]
    fn any_words_are_read_or_refused(words in proptest::collection::vec(model::word(), 0..20)) {
        if let Ok(expression) = words.join(" ").parse::<Expression>() {
            let _ = expression.matches(&ann());
        }
    }
}
