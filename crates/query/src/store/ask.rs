//! Asks the packed columns, under the scope.

use super::View;
use crate::engine::{Engine, EngineError};
use crate::groups::Question;
use crate::time::ResolvedRange;
use datafusion::arrow::array::{Array, BooleanArray, Scalar, StringViewArray};
use datafusion::arrow::compute::ilike;
use parclose_access::RowScope;
use parclose_columns::{Beside, Groups, Page, Plan, Refused, Split};
use parclose_lake::Live;
use parclose_metrics::{DataSet, QueryError, TimeAttribute};
use parclose_model::{Cell, WorkspaceSettings};
use std::sync::Arc;
use tokio::runtime::{Handle, RuntimeFlavor};
use std::sync::atomic::{AtomicBool, Ordering};

/// A question and the range that it is about.
pub(crate) type Asked<'a> = (&'a Question, &'a ResolvedRange);

struct FromLive<'a>(&'a Live);

impl Beside for FromLive<'_> {
    fn agent_now(&self, agent_id: &str, attribute: &str) -> Option<String> {
        self.0.agents.get(agent_id)?.get(attribute).as_text().map(str::to_owned)
    }
    fn contains(&self, texts: &[&str], pattern: &str) -> Vec<bool> {
        // The other road's own function, so that both see the same letters as the same.
        let texts_array = StringViewArray::from_iter_values(texts);
        let like = Scalar::new(StringViewArray::from_iter_values([crate::expression::contains_pattern(pattern)]));
        match ilike(&texts_array, &like) {
            Ok(answers) => (0..texts.len()).map(|at| is_true(&answers, at)).collect(),
            Err(_) => vec![false; texts.len()],
        }
    }
}

fn is_true(answers: &BooleanArray, at: usize) -> bool {
    answers.is_valid(at) && answers.value(at)
}

/// What [`Engine::page_packed`] knows.
#[derive(Debug)]
pub(crate) struct Paged {
    /// Rows in all.
    pub total: u64,
    /// The time of the last row of the page, or of the oldest row.
    pub oldest_ms: Option<i64>,
    /// The page, newest first.
    pub rows: Option<Vec<Vec<Cell>>>,
}

/// Stops a run when nobody waits for it any more.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Engine {
    /// Answers those questions that the packed columns can answer; the others are left out.
    pub(crate) async fn ask_store(
        &self,
        view: &View,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        questions: &[Asked<'_>],
    ) -> Vec<Option<Result<Groups, EngineError>>> {
        let questions: Vec<_> = questions.iter().map(|(question, range)| translate(question, range).ok()).collect();
        self.ask_packed(view, scope, settings, &questions).await
    }

    /// The same for questions in the columns' own terms.
    pub(crate) async fn ask_packed(
        &self,
        view: &View,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        questions: &[Option<parclose_columns::Question>],
    ) -> Vec<Option<Result<Groups, EngineError>>> {
        let mut answers: Vec<Option<Result<Groups, EngineError>>> = questions.iter().map(|_| None).collect();
        for (id, packed) in &view.tables {
            let mut places = Vec::new();
            let mut wanted = Vec::new();
            for (at, question) in questions.iter().enumerate() {
                let Some(question) = question else { continue };
                if question.data_set.table() == *id && packed.covers(question.from_ms, question.to_ms) {
                    places.push(at);
                    wanted.push(question.clone());
                }
            }
            if wanted.is_empty() {
                continue;
            }
            // The turn first: planning looks at dictionaries, which may be long.
            let Ok(_turn) = self.turns().acquire().await else { return answers };
            let make = || Plan::new(&packed.snapshot, scope, settings, &FromLive(&view.live), &wanted);
            let plan = match Handle::current().runtime_flavor() {
                RuntimeFlavor::MultiThread => tokio::task::block_in_place(make),
                _ => make(),
            };
            for (at, answer) in places.into_iter().zip(self.run_plan(plan).await) {
                answers[at] = answer;
            }
        }
        let here = answers.iter().flatten().count() as u64;
        let [packed, lake] = &self.store().answered;
        packed.fetch_add(here, Ordering::Relaxed);
        lake.fetch_add(answers.len() as u64 - here, Ordering::Relaxed);
        answers
    }

    /// The number of a question's rows and, where it asks for the newest, how old the last of a page is and the page itself.
    /// Nothing where the packed columns can't say.
    pub(crate) async fn page_packed(
        &self,
        view: &View,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        question: parclose_columns::Question,
        columns: &'static [&'static str],
        skip: usize,
    ) -> Option<Result<Paged, EngineError>> {
        let (_, packed) = view.tables.iter().find(|(id, _)| **id == question.data_set.table())?;
        if !packed.covers(question.from_ms, question.to_ms) {
            return None;
        }
        let newest = question.nth_newest;
        let _turn = self.turns().acquire().await.ok()?;
        let questions = [question];
        let make = || Plan::new(&packed.snapshot, scope, settings, &FromLive(&view.live), &questions);
        let plan = match Handle::current().runtime_flavor() {
            RuntimeFlavor::MultiThread => tokio::task::block_in_place(make),
            _ => make(),
        };
        let cancelled = CancelOnDrop(Arc::new(AtomicBool::new(false)));
        let flag = cancelled.0.clone();
        let work = tokio::task::spawn_blocking(move || {
            let groups = plan.run(&flag).pop().unwrap_or(Err(Refused::NotHere))?;
            let number = |at: usize| groups.rows.first().and_then(|(_, values)| values.get(at).copied().flatten());
            let (total, oldest_ms) = (number(0).unwrap_or(0.0) as u64, number(1).map(|ms| ms as i64));
            let rows = match (newest, oldest_ms) {
                (Some(_), None) if total == 0 => Some(Vec::new()),
                (Some(until), Some(oldest_ms)) => {
                    let page = Page { columns: columns.to_vec(), skip, take: until.saturating_sub(skip), oldest_ms };
                    match plan.rows(0, &page, &flag) {
                        Ok(rows) => Some(rows),
                        Err(Refused::Cancelled) => return Err(Refused::Cancelled),
                        Err(_) => None,
                    }
                }
                _ => None,
            };
            Ok(Paged { total, oldest_ms, rows })
        });
        let done = match tokio::time::timeout(self.longest(), work).await {
            Err(_) => Err(EngineError::TooLong),
            Ok(Err(_)) | Ok(Ok(Err(Refused::Cancelled))) => Err(EngineError::Failed),
            Ok(Ok(Err(_))) => {
                self.store().answered[1].fetch_add(1, Ordering::Relaxed);
                return None;
            }
            Ok(Ok(Ok(paged))) => Ok(paged),
        };
        self.store().answered[0].fetch_add(1, Ordering::Relaxed);
        Some(done)
    }

    /// Whether there is a row in scope between two instants (epoch ms, half open). Nothing where the packed columns can't say: some
    /// of these rows are not packed, and none of the others is there.
    pub(crate) async fn has_rows_packed(
        &self,
        view: &View,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        data_set: DataSet,
        (from_ms, to_ms): (i64, i64),
    ) -> Option<Result<bool, EngineError>> {
        let (_, packed) = view.tables.iter().find(|(id, _)| **id == data_set.table())?;
        let question = parclose_columns::Question {
            data_set,
            from_ms,
            to_ms,
            offsets: Arc::new([]),
            splits: Vec::new(),
            filters: Vec::new(),
            any_of: Vec::new(),
            aggregates: Vec::new(),
            nth_newest: None,
        };
        let _turn = self.turns().acquire().await.ok()?;
        let questions = [question];
        let make = || Plan::new(&packed.snapshot, scope, settings, &FromLive(&view.live), &questions);
        let plan = match Handle::current().runtime_flavor() {
            RuntimeFlavor::MultiThread => tokio::task::block_in_place(make),
            _ => make(),
        };
        let cancelled = CancelOnDrop(Arc::new(AtomicBool::new(false)));
        let flag = cancelled.0.clone();
        let work = tokio::task::spawn_blocking(move || plan.has_rows(0, &flag));
        match tokio::time::timeout(self.longest(), work).await {
            Err(_) => Some(Err(EngineError::TooLong)),
            Ok(Err(_)) | Ok(Ok(Err(Refused::Cancelled))) => Some(Err(EngineError::Failed)),
            Ok(Ok(Ok(true))) => Some(Ok(true)),
            Ok(Ok(Ok(false))) => packed.covers(from_ms, to_ms).then_some(Ok(false)),
            Ok(Ok(Err(_))) => None,
        }
    }

    async fn run_plan(&self, plan: Plan) -> Vec<Option<Result<Groups, EngineError>>> {
        let count = plan.answers().count();
        if plan.answers().all(|here| !here) {
            return vec![None; count];
        }
        let nothing = |error: EngineError| -> Vec<Option<Result<Groups, EngineError>>> { vec![Some(Err(error)); count] };
        let cancelled = CancelOnDrop(Arc::new(AtomicBool::new(false)));
        let flag = cancelled.0.clone();
        let rollups = self.store().rollups.clone();
        let (answer, work) = tokio::sync::oneshot::channel();
        tokio::task::spawn_blocking(move || {
            // Who asked has the answer before anything is kept for the next time.
            if answer.send(plan.run_with(Some(&rollups), &flag)).is_ok() {
                plan.keep_rollups(&rollups, &AtomicBool::new(false));
            }
        });
        match tokio::time::timeout(self.longest(), work).await {
            Err(_) => nothing(EngineError::TooLong),
            Ok(Err(_)) => nothing(EngineError::Failed),
            Ok(Ok(answers)) => answers
                .into_iter()
                .map(|answer| match answer {
                    Ok(groups) => Some(Ok(groups)),
                    Err(Refused::NotHere) => None,
                    Err(Refused::TooManyGroups) => Some(Err(EngineError::Query(QueryError::TooMany {
                        what: "groups in a report",
                        most: parclose_columns::MOST_GROUPS,
                    }))),
                    Err(Refused::Cancelled) => Some(Err(EngineError::Failed)),
                })
                .collect(),
        }
    }
}

fn translate(question: &Question, range: &ResolvedRange) -> Result<parclose_columns::Question, QueryError> {
    let split = |name: &String| {
        Ok(match Question::time_of(name, range) {
            None => Split::Attribute(name.clone()),
            Some(TimeAttribute::HourOfDay) => Split::HourOfDay,
            Some(TimeAttribute::Weekday) => Split::Weekday,
            Some(bucket) => Split::Buckets(range.buckets(bucket)?.into()),
        })
    };
    Ok(parclose_columns::Question {
        data_set: question.data_set,
        from_ms: range.from_ms,
        to_ms: range.to_ms,
        offsets: range.offsets_ms().into(),
        splits: question.attributes.iter().map(split).collect::<Result<_, QueryError>>()?,
        filters: question.filters.clone(),
        any_of: Vec::new(),
        aggregates: question.aggregates.clone(),
        nth_newest: None,
    })
}
