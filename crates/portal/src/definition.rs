//! The definition of a dashboard, as it is sent (docs/API-DESIGN.md, "Dashboards").

use parclose_metrics::TypedQuery;
use serde::{Deserialize, Serialize};

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Id, as in the page's address.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it is for, in one sentence.
    pub description: String,
    /// The range that it opens with.
    pub default_range: DefaultRange,
    /// Tabs.
    pub tabs: Vec<Tab>,
}

/// A range by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRange {
    /// `last_30_days` and the like.
    pub preset: String,
}

/// A tab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tab {
    /// Id, unique in its dashboard.
    pub id: String,
    /// Title.
    pub title: String,
    /// Attributes that its filter bar offers.
    pub filters: Vec<String>,
    /// Tiles.
    pub tiles: Vec<Tile>,
}

/// What a tile draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One number, with its comparison.
    Headline,
    /// A line over time.
    Line,
    /// Bars.
    Bars,
    /// Two attributes across, one number as shade.
    Heatmap,
    /// A table.
    Table,
    /// The newest segments.
    List,
}

/// A question on the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    /// Id, unique in its tab.
    pub id: String,
    /// The question that it answers.
    pub title: String,
    /// Its unit.
    pub subtitle: String,
    /// What it draws.
    pub kind: Kind,
    /// Width in columns.
    pub w: u32,
    /// Height in row units.
    pub h: u32,
    /// First column.
    pub x: u32,
    /// First row unit.
    pub y: u32,
    /// What it asks.
    pub query: TypedQuery,
    /// How it is drawn.
    #[serde(default, skip_serializing_if = "Options::is_default")]
    pub options: Options,
}

/// How a tile is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Series on top of each other.
    pub stacked: bool,
}

impl Options {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A dashboard in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DashboardEntry {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Its tabs.
    pub tabs: Vec<TabEntry>,
}

/// A tab in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TabEntry {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
}

impl From<&Dashboard> for DashboardEntry {
    fn from(dashboard: &Dashboard) -> Self {
        let tabs = dashboard.tabs.iter().map(|tab| TabEntry { id: tab.id.clone(), title: tab.title.clone() }).collect();
        Self { id: dashboard.id.clone(), title: dashboard.title.clone(), description: dashboard.description.clone(), tabs }
    }
}
