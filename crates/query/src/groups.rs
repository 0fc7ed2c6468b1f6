//! Grouped aggregates: the question in DataFusion's terms, and its rows as plain values.

use crate::aggregate;
use crate::engine::{Engine, EngineError};
use crate::expression::{column, filter, in_range};
use crate::secured::{SecuredPlan, SecuredTable};
use crate::time::{ResolvedRange, bucket_expression, part_expression};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit};
use parclose_access::RowScope;
use parclose_columns::{Groups, Key, MOST_GROUPS};
use parclose_metrics::{Aggregate, DataSet, Filter, FilterOp, QueryError, TimeAttribute};
use parclose_model::{ColumnType, WorkspaceSettings};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A checked filter as an expression; hours and weekdays are those of the range's time zone.
pub(crate) fn filter_expression(f: &Filter, data_set: DataSet, range: &ResolvedRange) -> Expr {
    match f.time_part() {
        Some(part) => {
            let values = f.values.iter().filter_map(|v| v.as_i64()).map(|n| lit(n as i32)).collect();
            part_expression(column(data_set.table().time_column()), part, range).in_list(values, f.op == FilterOp::NotIn)
        }
        None => filter(f, data_set.table().column(&f.attribute).map(|c| c.ty).filter(|t| *t != ColumnType::Text)),
    }
}

/// What to group, over which rows. Equal questions of several reports run once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question {
    pub data_set: DataSet,
    pub attributes: Vec<String>,
    pub filters: Vec<Filter>,
    pub previous: bool,
    pub aggregates: Vec<Aggregate>,
}

impl Question {
    /// Adds what another question wants to know when both are about the same groups of the same rows.
    pub fn absorb(&mut self, other: &Question) -> bool {
        let same = self.data_set == other.data_set
            && self.attributes == other.attributes
            && self.filters == other.filters
            && self.previous == other.previous;
        if same {
            for aggregate in &other.aggregates {
                if !self.aggregates.contains(aggregate) {
                    self.aggregates.push(aggregate.clone());
                }
            }
        }
        same
    }

    /// The time attribute among the group's attributes, `auto` resolved.
    pub fn time_of(name: &str, range: &ResolvedRange) -> Option<TimeAttribute> {
        TimeAttribute::parse(name).map(|t| if t == TimeAttribute::Auto { range.auto() } else { t })
    }

    fn key_expressions(&self, range: &ResolvedRange) -> Result<Vec<Expr>, QueryError> {
        let time = column(self.data_set.table().time_column());
        self.attributes
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let e = match Self::time_of(name, range) {
                    None => column(name),
                    Some(part) if !part.is_bucket() => part_expression(time.clone(), part, range),
                    Some(bucket) => bucket_expression(time.clone(), &range.buckets(bucket)?),
                };
                Ok(e.alias(format!("k{at}")))
            })
            .collect()
    }

    /// Columns that the question reads, for a scan shared with others.
    pub fn columns(&self, settings: &WorkspaceSettings) -> Result<BTreeSet<String>, EngineError> {
        let mut names = BTreeSet::from([self.data_set.table().time_column().to_owned()]);
        names.extend(self.attributes.iter().filter(|n| TimeAttribute::parse(n).is_none()).cloned());
        names.extend(self.filters.iter().filter(|f| f.time_part().is_none()).map(|f| f.attribute.clone()));
        for a in &self.aggregates {
            names.extend(aggregate::expression(a, settings)?.column_refs().into_iter().map(|c| c.name.clone()));
        }
        Ok(names)
    }

    fn plan(
        &self,
        table: Arc<SecuredTable>,
        range: &ResolvedRange,
        settings: &WorkspaceSettings,
        scope: &RowScope<'_>,
    ) -> Result<SecuredPlan, EngineError> {
        let rows = in_range(self.data_set.table().time_column(), range.from_ms, range.to_ms);
        let rows = self.filters.iter().fold(rows, |all, f| all.and(filter_expression(f, self.data_set, range)));
        let aggregates = self
            .aggregates
            .iter()
            .enumerate()
            .map(|(at, a)| Ok(aggregate::expression(a, settings)?.alias(format!("a{at}"))))
            .collect::<Result<Vec<_>, EngineError>>()?;
        let builder = LogicalPlanBuilder::scan("rows", datafusion::datasource::provider_as_source(table), None)?.filter(rows)?;
        let keys = self.key_expressions(range)?;
        let plan = if self.aggregates.is_empty() { builder.project(keys)?.distinct()? } else { builder.aggregate(keys, aggregates)? };
        Ok(SecuredPlan::new(plan.build()?, scope))
    }

    /// Runs the question.
    pub async fn answer(
        &self,
        engine: &Engine,
        table: Arc<SecuredTable>,
        range: &ResolvedRange,
        settings: &WorkspaceSettings,
        scope: &RowScope<'_>,
    ) -> Result<Groups, EngineError> {
        let plan = self.plan(table, range, settings, scope)?;
        let batches = engine.run(plan).await?;
        if batches.iter().map(RecordBatch::num_rows).sum::<usize>() > MOST_GROUPS {
            return Err(EngineError::Query(QueryError::TooMany { what: "groups in a report", most: MOST_GROUPS }));
        }
        let mut groups = Groups::default();
        for batch in &batches {
            read(batch, self.attributes.len(), &mut groups)?;
        }
        // Partitions answer in any order; sums of sums are taken in this one, so that they are always the same.
        groups.rows.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(groups)
    }
}

fn read(batch: &RecordBatch, keys: usize, into: &mut Groups) -> Result<(), EngineError> {
    let columns = batch
        .columns()
        .iter()
        .enumerate()
        .map(|(at, array)| {
            let ty = match array.data_type() {
                DataType::Int32 if at < keys => DataType::Int32,
                _ if at < keys => DataType::Utf8View,
                DataType::Float64 => DataType::Float64,
                _ => DataType::Int64,
            };
            datafusion::arrow::compute::cast(array, &ty)
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(datafusion::common::DataFusionError::from)?;
    for row in 0..batch.num_rows() {
        let key = columns[..keys]
            .iter()
            .map(|array| match array.data_type() {
                DataType::Int32 => Key::Part((!array.is_null(row)).then(|| array.as_primitive::<Int32Type>().value(row))),
                _ => Key::Text((!array.is_null(row)).then(|| array.as_string_view().value(row).to_owned())),
            })
            .collect();
        let values = columns[keys..]
            .iter()
            .map(|array| {
                (!array.is_null(row)).then(|| match array.data_type() {
                    DataType::Float64 => array.as_primitive::<Float64Type>().value(row),
                    _ => array.as_primitive::<Int64Type>().value(row) as f64,
                })
            })
            .map(|v| v.filter(|n: &f64| n.is_finite()))
            .collect();
        into.rows.push((key, values));
    }
    Ok(())
}
