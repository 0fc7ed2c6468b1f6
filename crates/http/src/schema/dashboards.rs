//! Metadata and dashboards.

use super::query::TypedQuery;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Names of everything that can be asked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Attributes.
    pub attributes: Vec<AttributeInfo>,
    /// Metrics.
    pub metrics: Vec<MetricInfo>,
}

/// An attribute.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributeInfo {
    /// Name in queries.
    pub name: String,
    /// As people read it.
    pub title: String,
    /// Where it can be used.
    pub data_sets: Vec<String>,
    /// What it means.
    pub description: String,
}

/// A metric.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricInfo {
    /// Name in queries.
    pub name: String,
    /// As people read it.
    pub title: String,
    /// `count`, `duration` (whole seconds), `percent` (ratio 0..1), `number`.
    pub format: String,
    /// `up`, `down`, `neither`.
    pub good: String,
    /// Where it can be used.
    pub data_set: String,
    /// What it means.
    pub description: String,
    /// How it is computed, in words.
    pub formula: String,
}

/// The dashboards that one may open.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboards {
    /// Dashboards.
    pub dashboards: Vec<DashboardEntry>,
}

/// A dashboard in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardEntry {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Tabs.
    pub tabs: Vec<TabEntry>,
}

/// A tab in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TabEntry {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
}

/// A dashboard.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The range that it opens with.
    pub default_range: NamedRange,
    /// Tabs.
    pub tabs: Vec<Tab>,
}

/// A range by name.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedRange {
    /// `last_30_days` and the like.
    pub preset: String,
}

/// A tab.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tab {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Attributes that its filter bar offers.
    pub filters: Vec<String>,
    /// Tiles on a grid of 12 columns.
    pub tiles: Vec<Tile>,
}

/// A question on the grid.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    /// Id.
    pub id: String,
    /// The question that it answers.
    pub title: String,
    /// Its unit.
    pub subtitle: String,
    /// `headline`, `line`, `bars`, `heatmap`, `table`, `list`.
    pub kind: String,
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
    #[serde(default)]
    pub options: Option<TileOptions>,
}

/// How a tile is drawn.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TileOptions {
    /// Series on top of each other.
    #[serde(default)]
    pub stacked: bool,
}
