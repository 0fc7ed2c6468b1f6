//! Rules in words, for the person they apply to.

use super::{Condition, PersonFacts, Values};
use crate::data_set::DataSet;

/// One sentence without a full stop.
pub(super) fn explain(condition: &Condition, data_set: DataSet, person: PersonFacts<'_>) -> String {
    match condition {
        Condition::Everything => format!("All {}", data_set.as_str()),
        other => phrase(other, data_set, person, true),
    }
}

fn phrase(condition: &Condition, data_set: DataSet, person: PersonFacts<'_>, positive: bool) -> String {
    let title = |column: &str| data_set.column(column).map_or_else(|| column.to_owned(), |known| known.title.to_owned());
    let not = if positive { "" } else { "not " };
    match condition {
        Condition::Everything => if positive { "all" } else { "nothing" }.to_owned(),
        Condition::IsEmpty { column } => format!("{} is {not}empty", title(column)),
        Condition::In { column, values: Values::Listed(values) } => match values.len() {
            1 => format!("{} is {not}the value named in the rule", title(column)),
            count => format!("{} is {not}one of the {count} values named in the rule", title(column)),
        },
        Condition::In { column, values: Values::OfPerson(name) } => {
            let own = person.values(name);
            if own.is_empty() {
                return format!("{} is {not}one of your {name}, and you have none: no rows", title(column));
            }
            let list: Vec<_> = own.into_iter().collect();
            format!("{} is {not}one of your {name}: {}", title(column), list.join(", "))
        }
        Condition::Any(parts) | Condition::All(parts) => {
            let word = if matches!(condition, Condition::Any(_)) == positive { "; or " } else { "; and " };
            let parts: Vec<_> = parts.iter().map(|part| phrase(part, data_set, person, positive)).collect();
            if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(word)) }
        }
        Condition::Not(inner) => phrase(inner, data_set, person, !positive),
    }
}
