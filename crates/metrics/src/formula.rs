//! The formula of a metric: sums and counts under conditions, and ratios of these. Ratios are ratios of sums, never
//! means of ratios.

/// Which rows an aggregate takes. A comparison with a missing value is false, so every condition is true or false.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Every row.
    Any,
    /// All of these.
    All(Vec<Condition>),
    /// The text column has one of these values.
    Is(&'static str, &'static [&'static str]),
    /// The text column has none of these values; rows without a value are taken.
    IsNot(&'static str, &'static [&'static str]),
    /// The column has a value.
    Has(&'static str),
    /// The fact is known and at most this.
    AtMost(&'static str, i64),
    /// The fact is known and at least this.
    AtLeast(&'static str, i64),
    /// The fact is known and within the workspace's service-level threshold for the row's queue and channel.
    WithinServiceLevel(&'static str),
    /// The fact is known and not below the workspace's short-abandon limit.
    NotShortAbandon(&'static str),
    /// The row's activity is one in which an agent is available.
    Available,
    /// The row's activity is one in which an agent is not at work.
    Offline,
    /// The row's activity is one in which an agent is at work.
    LoggedIn,
}

/// One number over rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    /// Rows.
    Count(Condition),
    /// Different values of a text column.
    Distinct(&'static str, Condition),
    /// Sum of a fact; null when no row has it.
    Sum(&'static str, Condition),
    /// Smallest value of a fact.
    Min(&'static str, Condition),
    /// Largest value of a fact.
    Max(&'static str, Condition),
    /// Exact percentile of a fact, linear between neighbours (the "continuous" percentile).
    Percentile(&'static str, f64, Condition),
}

/// A formula over aggregates.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// The aggregate itself.
    Of(Aggregate),
    /// Sum of parts; a part without a value counts as nothing, all without a value is null.
    Plus(Vec<Formula>),
    /// First divided by second; null when the second is 0 or null. A first part that is null counts as 0.
    Ratio(Box<Formula>, Box<Formula>),
}

impl Formula {
    /// The conditions of the rows that the number is made of: those of the numerator in a ratio. Used by drills.
    pub fn rows(&self) -> Vec<Condition> {
        match self {
            Formula::Of(aggregate) => vec![aggregate.condition()],
            Formula::Plus(parts) => parts.iter().flat_map(Formula::rows).collect(),
            Formula::Ratio(first, _) => first.rows(),
        }
    }
    /// All aggregates, in order.
    pub fn aggregates(&self) -> Vec<&Aggregate> {
        match self {
            Formula::Of(aggregate) => vec![aggregate],
            Formula::Plus(parts) => parts.iter().flat_map(Formula::aggregates).collect(),
            Formula::Ratio(first, second) => [first.aggregates(), second.aggregates()].concat(),
        }
    }
}

impl Aggregate {
    /// The rows that it takes, those without the fact left out.
    pub fn condition(&self) -> Condition {
        match self {
            Aggregate::Count(condition) => condition.clone(),
            Aggregate::Distinct(column, condition)
            | Aggregate::Sum(column, condition)
            | Aggregate::Min(column, condition)
            | Aggregate::Max(column, condition)
            | Aggregate::Percentile(column, _, condition) => Condition::All(vec![condition.clone(), Condition::Has(column)]),
        }
    }
}
