//! The separation policy of a workspace as it was loaded, and the scope that it gives.

use crate::actions::{ManageSeparation, ReadRows};
use crate::ctx::Grant;
use crate::data_set::DataSet;
use crate::predicate::Predicate;
use crate::resource::Workspace;
use crate::rules::why::capital;
use crate::rules::{Outcome, PersonFacts, RuleSet, RuleWhy};
use crate::scope::{DataSetScope, RowScope, ScopeState, ScopeSummary};
use crate::system::SystemCtx;
use parclose_model::WorkspaceId;

/// A policy as the catalog keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPolicy {
    /// Counts up from 1.
    pub version: i64,
    /// The rules as they were written.
    pub yaml: String,
}

/// A workspace's policy, ready to be asked. Whatever goes wrong on the way here makes it give no rows.
#[derive(Debug)]
pub struct Policy {
    workspace: WorkspaceId,
    version: i64,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// No rule at all: everyone of the workspace sees everything, and is told so.
    Open,
    Rules(RuleSet),
    /// It could not be loaded or read.
    Broken,
}

/// Why a person has the rows that they have: for an administrator. No row and no count of rows is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWhy {
    /// What the person is told of it themselves.
    pub summary: ScopeSummary,
    /// The policy could not be loaded or read: nobody has rows.
    pub is_broken: bool,
    /// By data set, in the order of [`DataSet::ALL`].
    pub data_sets: Vec<DataSetWhy>,
}

/// Why, for one data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSetWhy {
    /// Which.
    pub data_set: DataSet,
    /// How much.
    pub state: ScopeState,
    /// What all rules together leave, in words.
    pub result: String,
    /// Every rule for this data set, also those that are for others.
    pub rules: Vec<RuleWhy>,
}

/// What a policy gives one person.
pub(crate) struct Evaluated {
    pub(crate) conversations: Predicate,
    pub(crate) activities: Predicate,
    pub(crate) summary: ScopeSummary,
}

impl Policy {
    /// Takes the catalog's answer as it is, a failed load included: there is no way to mistake *could not be
    /// loaded* for *there is none*.
    pub fn loaded<E>(workspace: WorkspaceId, loaded: Result<Option<StoredPolicy>, E>) -> Policy {
        let (version, content) = match loaded {
            Ok(None) => (0, Content::Open),
            Ok(Some(stored)) => match RuleSet::parse(&stored.yaml) {
                Ok(rules) if rules.is_empty() => (stored.version, Content::Open),
                Ok(rules) => (stored.version, Content::Rules(rules)),
                Err(_) => (stored.version, Content::Broken),
            },
            Err(_) => (0, Content::Broken),
        };
        Policy { workspace, version, content }
    }

    /// The workspace that it is for.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }
    /// Its version; 0 when none is stored.
    pub fn version(&self) -> i64 {
        self.version
    }
    /// True when it could not be loaded or read, so that nobody has rows: a reason to alarm someone.
    pub fn is_broken(&self) -> bool {
        matches!(self.content, Content::Broken)
    }

    /// The columns that the rules read, in their order: by these the units of the workspace differ. Names of columns, no value.
    pub fn unit_columns(&self) -> Vec<String> {
        let Content::Rules(rules) = &self.content else { return Vec::new() };
        let mut columns = Vec::new();
        rules.rules().iter().for_each(|rule| rule.condition.columns(&mut columns));
        columns
    }

    /// The rows of the person who holds the grant.
    pub fn scope<'ctx>(&self, grant: &Grant<'ctx, ReadRows, Workspace>) -> RowScope<'ctx> {
        let caller = grant.caller();
        let facts = PersonFacts { roles: caller.roles(), attributes: caller.attributes() };
        RowScope::of_caller(caller.workspace(), self.version, self.evaluate_in(caller.workspace(), facts))
    }

    /// What a person would have, without any row: for the administrator who is about to change rules or people.
    pub fn preview(&self, grant: &Grant<'_, ManageSeparation, Workspace>, person: PersonFacts<'_>) -> ScopeSummary {
        self.evaluate_in(grant.caller().workspace(), person).summary
    }

    /// The same as [`Policy::preview`], with every rule, whether it applies, and with which of the person's values.
    pub fn explain(&self, grant: &Grant<'_, ManageSeparation, Workspace>, person: PersonFacts<'_>) -> PolicyWhy {
        let evaluated = self.evaluate_in(grant.caller().workspace(), person);
        let rules = |data_set| match &self.content {
            Content::Rules(rules) => rules.why(data_set, person),
            Content::Open | Content::Broken => Vec::new(),
        };
        let why = |data_set: DataSet, predicate: &Predicate| DataSetWhy {
            data_set,
            state: evaluated.summary.data_sets.iter().find(|set| set.data_set == data_set).map_or(ScopeState::None, |set| set.state),
            result: capital(predicate.words(data_set)),
            rules: rules(data_set),
        };
        let data_sets = vec![why(DataSet::Conversations, &evaluated.conversations), why(DataSet::Activities, &evaluated.activities)];
        PolicyWhy { is_broken: self.is_broken(), data_sets, summary: evaluated.summary }
    }

    pub(crate) fn scope_as<'ctx>(&self, ctx: &'ctx SystemCtx, person: PersonFacts<'_>) -> RowScope<'ctx> {
        RowScope::of_caller(ctx.workspace(), self.version, self.evaluate_in(ctx.workspace(), person))
    }

    /// A policy of another workspace gives nothing here, whatever it says.
    fn evaluate_in(&self, workspace: &WorkspaceId, person: PersonFacts<'_>) -> Evaluated {
        if *workspace != self.workspace {
            return self.constant(Predicate::Nothing, ScopeState::None, "Nothing yet");
        }
        match &self.content {
            Content::Open => self.constant(Predicate::Everything, ScopeState::Open, "All units"),
            Content::Broken => self.constant(Predicate::Nothing, ScopeState::None, "Nothing yet"),
            Content::Rules(rules) => self.ruled(rules, person),
        }
    }

    fn constant(&self, predicate: Predicate, state: ScopeState, label: &str) -> Evaluated {
        let data_sets = DataSet::ALL.map(|data_set| DataSetScope { data_set, state, rules: Vec::new() }).into();
        let summary = ScopeSummary { state, label: label.to_owned(), policy_version: self.version, data_sets };
        Evaluated { conversations: predicate.clone(), activities: predicate, summary }
    }

    fn ruled(&self, rules: &RuleSet, person: PersonFacts<'_>) -> Evaluated {
        let [conversations, activities] = DataSet::ALL.map(|data_set| rules.evaluate(data_set, person));
        let states = [state_of(&conversations.predicate), state_of(&activities.predicate)];
        let state = if states[0] == states[1] { states[0] } else { ScopeState::Some };
        let label = match state {
            ScopeState::None => "Nothing yet".to_owned(),
            ScopeState::All | ScopeState::Open => "All units".to_owned(),
            ScopeState::Some => label(&conversations, &activities),
        };
        let data_sets = vec![
            DataSetScope { data_set: DataSet::Conversations, state: states[0], rules: conversations.rules },
            DataSetScope { data_set: DataSet::Activities, state: states[1], rules: activities.rules },
        ];
        Evaluated {
            conversations: conversations.predicate,
            activities: activities.predicate,
            summary: ScopeSummary { state, label, policy_version: self.version, data_sets },
        }
    }
}

fn state_of(predicate: &Predicate) -> ScopeState {
    match predicate {
        Predicate::Nothing => ScopeState::None,
        Predicate::Everything => ScopeState::All,
        _ => ScopeState::Some,
    }
}

/// The person's own values that are left in the predicate, of the first data set that has some; otherwise the
/// names of the rules. Values that only stand in a rule are not shown: they might name somebody else's unit.
fn label(conversations: &Outcome, activities: &Outcome) -> String {
    for outcome in [conversations, activities] {
        let mut left = Vec::new();
        collect_values(&outcome.predicate, &mut left);
        let mut own: Vec<&str> = left.into_iter().filter(|value| outcome.own_values.contains(*value)).collect();
        own.sort_unstable();
        own.dedup();
        if !own.is_empty() {
            return shortened(&own);
        }
    }
    let mut names: Vec<&str> = Vec::new();
    for rule in conversations.rules.iter().chain(&activities.rules) {
        if !names.contains(&rule.name.as_str()) {
            names.push(&rule.name);
        }
    }
    shortened(&names)
}

fn shortened(values: &[&str]) -> String {
    let shown = values.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    if values.len() > 3 { format!("{shown} +{}", values.len() - 3) } else { shown }
}

fn collect_values<'p>(predicate: &'p Predicate, into: &mut Vec<&'p str>) {
    match predicate {
        Predicate::In { values, .. } => into.extend(values.iter().map(String::as_str)),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| collect_values(part, into)),
        Predicate::Nothing | Predicate::Everything | Predicate::IsNull { .. } | Predicate::Not(_) => {}
    }
}
