//! The actions, and the one table that says what each needs.

use crate::door::KeyScope;
use crate::matrix::{Assess, Capabilities, Dashboards};
use crate::resource::{Conversation, Dashboard, Resource, Workspace};

mod sealed {
    pub trait Sealed {}
}

/// Something that can be done. Each action is a type of its own, so a grant for one is not a grant for another.
pub trait Action: sealed::Sealed + Copy {
    /// As the table and the audit trail name it.
    const NAME: &'static str;
}

/// Says that an action can be done to a kind of resource. A pair without a row in the table does not compile.
pub trait On<R: Resource>: Action {
    /// Its row of the table.
    const ROW: TableRow;
}

/// What a person's roles must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Dashboards of at least this level.
    Dashboards(Dashboards),
    /// Playing recordings.
    Play,
    /// Exporting recordings.
    Export,
    /// Assessments of at least this level.
    Assess(Assess),
    /// Editing questionnaires.
    Questionnaires,
    /// The platform's role `admin`.
    Administer,
}

impl Need {
    /// Whether the capabilities fulfil it.
    pub fn is_met_by(self, capabilities: &Capabilities) -> bool {
        match self {
            Need::Dashboards(level) => capabilities.dashboards >= level,
            Need::Play => capabilities.play_calls,
            Need::Export => capabilities.export_calls,
            Need::Assess(level) => capabilities.assess >= level,
            Need::Questionnaires => capabilities.questionnaires,
            Need::Administer => capabilities.administer,
        }
    }
}

/// One row: an action on a kind of resource, what it needs, and which scope lets an API key do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRow {
    /// The action.
    pub action: &'static str,
    /// The kind of resource.
    pub resource: &'static str,
    /// What the roles must give.
    pub need: Need,
    /// What an API key must have as well; `None`: no key may, only a person at a browser.
    pub key: Option<KeyScope>,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal on $resource:ident needs $need:expr, key $key:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $action;
            impl sealed::Sealed for $action {}
            impl Action for $action {
                const NAME: &'static str = $name;
            }
            impl On<$resource> for $action {
                const ROW: TableRow = TableRow {
                    action: $name,
                    resource: <$resource as Resource>::KIND,
                    need: $need,
                    key: $key,
                };
            }
        )*
        /// The whole table, for tests, documents and the administrator's page.
        pub const TABLE: &[TableRow] = &[$(<$action as On<$resource>>::ROW),*];
    };
}

const VIEWER: Need = Need::Dashboards(Dashboards::Viewer);

actions! {
    /// Ask for rows in one's scope: queries, value lists, drills.
    ReadRows = "read_rows" on Workspace needs VIEWER, key Some(KeyScope::ReadRows);
    /// See names of attributes and metrics.
    ReadMetadata = "read_metadata" on Workspace needs VIEWER, key Some(KeyScope::ReadRows);
    /// List the dashboards that are shared with one.
    ListDashboards = "list_dashboards" on Workspace needs VIEWER, key Some(KeyScope::ReadRows);
    /// Open one of them.
    OpenDashboard = "open_dashboard" on Dashboard needs VIEWER, key Some(KeyScope::ReadRows);
    /// Change one.
    EditDashboard = "edit_dashboard" on Dashboard needs Need::Dashboards(Dashboards::Editor), key None;
    /// Make insights.
    MakeInsights = "make_insights" on Workspace needs Need::Dashboards(Dashboards::Explorer), key None;
    /// Look at a conversation's segments in scope.
    OpenConversation = "open_conversation" on Conversation needs VIEWER, key Some(KeyScope::ReadRows);
    /// Hear its recording.
    PlayRecording = "play_recording" on Conversation needs Need::Play, key Some(KeyScope::ReadRecordings);
    /// Take its recording away.
    ExportRecording = "export_recording" on Conversation needs Need::Export, key Some(KeyScope::ReadRecordings);
    /// See the assessments of a conversation.
    ReadAssessments = "read_assessments" on Conversation needs Need::Assess(Assess::View), key None;
    /// Assess a conversation.
    AssessConversation = "assess_conversation" on Conversation needs Need::Assess(Assess::Yes), key None;
    /// Make and change questionnaires.
    ManageQuestionnaires = "manage_questionnaires" on Workspace needs Need::Questionnaires, key None;
    /// Read and change the separation rules.
    ManageSeparation = "manage_separation" on Workspace needs Need::Administer, key Some(KeyScope::Admin);
    /// Read and change people, their roles and attributes.
    ManagePeople = "manage_people" on Workspace needs Need::Administer, key Some(KeyScope::Admin);
    /// Make and revoke API keys. A stolen key must not make another one.
    ManageKeys = "manage_keys" on Workspace needs Need::Administer, key None;
    /// Read and change connections to identity providers, and what their groups give. Whoever may do it decides who is
    /// whom: no key can.
    ManageConnections = "manage_connections" on Workspace needs Need::Administer, key None;
    /// Read the audit trail.
    ReadAudit = "read_audit" on Workspace needs Need::Administer, key Some(KeyScope::ReadAudit);
    /// Read and change the workspace's settings.
    ManageSettings = "manage_settings" on Workspace needs Need::Administer, key Some(KeyScope::Admin);
}
