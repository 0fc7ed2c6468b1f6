"""The engines that the program is compared with: each fills itself from the same Parquet files and answers the same twelve reports."""

import glob
import os

CONVERSATION = "kind = 'Conversation'"
HANDLED = "(kind = 'Conversation' AND coalesce(abandoned, 'No') NOT IN ('Yes', 'Follow-Up'))"
ABANDONED = "(kind = 'Conversation' AND abandoned = 'Yes')"
ACTIVITIES = ("Agent Status", "Agent Status in Progress")
LIST = ["segment_id", "conversation_id", "segment_start", "conversation_attribute_1", "handling_team_name", "agent_name", "queue", "channel", "direction",
        "kind", "outcome", "customer_id", "talk_time", "queue_time", "wrap_up_time"]


def stamp(at):
    return at.strftime("%Y-%m-%d %H:%M:%S")


class Sql:
    """What differs between the dialects of SQL."""

    def distinct(self, column, condition):
        return f"count(DISTINCT {column}) FILTER ({condition})"

    def count(self, condition):
        return f"count(*) FILTER ({condition})"

    def sum(self, column, condition):
        return f"sum({column}) FILTER ({condition})"

    def ratio(self, above, below):
        return f"({above}) / nullif({below}, 0)::DOUBLE"

    def percentile(self, column, at, condition):
        return f"quantile_cont({column}, {at}) FILTER ({condition})"

    def instant(self, at):
        return f"TIMESTAMPTZ '{stamp(at)}+00'"

    times = {"time.day": "date_trunc('day', segment_start)", "time.month": "date_trunc('month', segment_start)",
             "time.hour_of_day": "hour(segment_start)", "time.weekday": "isodow(segment_start)"}

    def numbers(self, metric):
        """The select list of one metric."""
        aht = self.ratio(f"{self.sum('talk_time', HANDLED)} + {self.sum('wrap_up_time', HANDLED)}", self.count(f"{HANDLED} AND talk_time IS NOT NULL"))
        answered = self.count(f"{HANDLED} AND queue_time IS NOT NULL")
        return {
            "conversations": lambda: self.distinct("conversation_id", CONVERSATION),
            "handled": lambda: self.distinct("conversation_id", HANDLED),
            "abandoned": lambda: self.distinct("conversation_id", ABANDONED),
            "abandoned_pct": lambda: self.ratio(self.distinct("conversation_id", ABANDONED), self.distinct("conversation_id", CONVERSATION)),
            "handled_segments": lambda: self.count(HANDLED),
            "handling_time": lambda: f"{self.sum('talk_time', HANDLED)} + {self.sum('wrap_up_time', HANDLED)}",
            "aht": lambda: aht,
            "asa": lambda: self.ratio(self.sum("queue_time", HANDLED), answered),
            "answered_within": lambda: self.ratio(self.count(f"{HANDLED} AND queue_time <= 20"), answered),
            "queue_time_p50": lambda: self.percentile("queue_time", 0.5, "kind = 'Queue'"),
            "queue_time_p90": lambda: self.percentile("queue_time", 0.9, "kind = 'Queue'"),
            "queue_time_p95": lambda: self.percentile("queue_time", 0.95, "kind = 'Queue'"),
            "segments": lambda: "count(*)",
            "customers": lambda: self.distinct("customer_id", CONVERSATION),
        }[metric]()

    def where(self, who):
        column, values = who
        return "true" if column is None else f"{column} IN ({', '.join(repr(v) for v in values)})"

    def statements(self, question, table, who):
        base = f"FROM {table} WHERE {self.where(who)} AND kind NOT IN {ACTIVITIES}"
        within = f"{base} AND segment_start >= {self.instant(question.start)} AND segment_start < {self.instant(question.end)}"
        for name, metrics, attributes, sort, limit in question.reports:
            keys = [self.times.get(a, a) for a in attributes]
            groups = ", ".join(str(i + 1) for i in range(len(keys)))
            order = f"{len(keys) + 1} DESC, 1 ASC NULLS LAST" if sort else groups
            selected = [self.numbers(m if isinstance(m, str) else m[0]) for m in metrics]
            yield name, f"SELECT {', '.join(keys + selected)} {within} GROUP BY {groups} ORDER BY {order} LIMIT {limit}"
        length = question.end - question.start
        before = f"{base} AND segment_start >= {self.instant(question.start - length)} AND segment_start < {self.instant(question.end)}"
        headlines = [self.numbers(m if isinstance(m, str) else m[0]) for m in question.headlines]
        yield "headline", f"SELECT segment_start >= {self.instant(question.start)}, {', '.join(headlines)} {before} GROUP BY 1 ORDER BY 1"
        yield "newest", f"SELECT {', '.join(LIST)} {within} ORDER BY segment_start DESC, segment_id ASC LIMIT 100"


class DuckDb(Sql):
    """Native tables in two orders; the faster one counts."""

    is_kept = True
    tables = ("by_unit", "by_time")
    orders = {"by_unit": "conversation_attribute_1, handling_team_name, segment_start", "by_time": "segment_start"}

    def __init__(self, folder):
        import duckdb
        self.name = f"DuckDB {duckdb.__version__}"
        self.database = duckdb.connect(os.path.join(folder, "duckdb.db"))
        self.database.execute("SET TimeZone = 'UTC'")

    def fill(self, parquet, table):
        self.database.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{parquet}/*.parquet') ORDER BY {self.orders[table]}")
        self.database.execute("CHECKPOINT")

    def answer(self, question, table, who):
        return {name: self.database.execute(sql).fetchall() for name, sql in self.statements(question, table, who)}

    def close(self):
        self.database.close()


class ChDb(Sql):
    """ClickHouse in the process: MergeTree by market, team and time."""

    is_kept = True
    tables = ("by_unit",)
    times = {"time.day": "toStartOfDay(segment_start)", "time.month": "toStartOfMonth(segment_start)",
             "time.hour_of_day": "toHour(segment_start)", "time.weekday": "toDayOfWeek(segment_start)"}

    def __init__(self, folder):
        import chdb
        from chdb import session
        self.name = f"chDB {chdb.__version__}"
        self.session = session.Session(os.path.join(folder, "chdb"))
        self.session.query("CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic")

    def fill(self, parquet, table):
        key = "ifNull(conversation_attribute_1, ''), ifNull(handling_team_name, ''), segment_start"
        texts = "LowCardinality(Nullable(String))"
        few = ["kind", "agent_id", "agent_name", "handling_team_name", "queue", "channel", "direction", "outcome", "abandoned",
               "conversation_attribute_1", "conversation_attribute_3", "activity"]
        source = f"file('{parquet}/*.parquet', Parquet)"
        columns = ", ".join([f"CAST({c}, '{texts}') AS {c}" for c in few] + ["assumeNotNull(toDateTime64(segment_start, 3, 'UTC')) AS segment_start"])
        rest = f"* EXCEPT ({', '.join(few + ['segment_start'])})"
        self.session.query(f"CREATE TABLE bench.{table} ENGINE = MergeTree ORDER BY ({key}) AS SELECT {rest}, {columns} FROM {source}")
        self.session.query(f"OPTIMIZE TABLE bench.{table} FINAL")

    def distinct(self, column, condition):
        return f"uniqExactIf({column}, {condition})"

    def count(self, condition):
        return f"countIf({condition})"

    def sum(self, column, condition):
        return f"sumOrNullIf({column}, {condition})"

    def ratio(self, above, below):
        return f"({above}) / nullIf({below}, 0)"

    def percentile(self, column, at, condition):
        return f"quantileExactInclusiveOrNullIf({at})({column}, {condition})"

    def instant(self, at):
        return f"toDateTime64('{stamp(at)}', 3, 'UTC')"

    def answer(self, question, table, who):
        answers = {}
        for name, sql in self.statements(question, f"bench.{table}", who):
            batch = self.session.query(sql, "ArrowTable")
            answers[name] = list(zip(*(column.to_pylist() for column in batch.columns))) if batch.num_rows else []
        return answers

    def close(self):
        self.session.close()


class Polars:
    """A data frame in memory, texts as categories, in order of time."""

    is_kept = False
    tables = ("by_time",)

    def __init__(self, folder):
        import polars as pl
        self.pl = pl
        self.name = f"Polars {pl.__version__}"
        self.frame = None

    def fill(self, parquet, table):
        """File by file: all texts as texts at once would not fit into memory."""
        pl = self.pl
        many, parts = {"segment_id", "conversation_id"}, []
        for path in sorted(glob.glob(f"{parquet}/*.parquet")):
            part = pl.read_parquet(path)
            parts.append(part.with_columns([pl.col(c).cast(pl.Categorical) for c, t in part.schema.items() if t == pl.String and c not in many]))
        self.frame = pl.concat(parts).sort("segment_start")

    def answer(self, question, table, who):
        pl = self.pl
        kind, abandoned = pl.col("kind"), pl.col("abandoned")
        conversation = kind == "Conversation"
        is_abandoned = conversation & (abandoned == "Yes")
        handled = conversation & (abandoned.is_null() | ((abandoned != "Yes") & (abandoned != "Follow-Up")))

        def distinct(column, condition):
            return pl.col(column).filter(condition & pl.col(column).is_not_null()).n_unique()

        def some(column, condition):
            values = pl.col(column).filter(condition)
            return pl.when(values.count() > 0).then(values.sum())

        def ratio(above, below):
            return pl.when(below > 0).then(above / below)

        times = {"time.day": pl.col("segment_start").dt.truncate("1d"), "time.month": pl.col("segment_start").dt.truncate("1mo"),
                 "time.hour_of_day": pl.col("segment_start").dt.hour(), "time.weekday": pl.col("segment_start").dt.weekday()}
        answered = (handled & pl.col("queue_time").is_not_null()).sum()
        time_of = some("talk_time", handled) + some("wrap_up_time", handled)
        numbers = {
            "conversations": distinct("conversation_id", conversation),
            "handled": distinct("conversation_id", handled),
            "abandoned": distinct("conversation_id", is_abandoned),
            "abandoned_pct": ratio(distinct("conversation_id", is_abandoned), distinct("conversation_id", conversation)),
            "handled_segments": handled.sum(),
            "handling_time": time_of,
            "aht": ratio(time_of, (handled & pl.col("talk_time").is_not_null()).sum()),
            "asa": ratio(some("queue_time", handled), answered),
            "answered_within": ratio((handled & (pl.col("queue_time") <= 20)).fill_null(False).sum(), answered),
            "queue_time_p50": pl.col("queue_time").filter(kind == "Queue").quantile(0.5, "linear"),
            "queue_time_p90": pl.col("queue_time").filter(kind == "Queue").quantile(0.9, "linear"),
            "queue_time_p95": pl.col("queue_time").filter(kind == "Queue").quantile(0.95, "linear"),
            "segments": pl.len(),
            "customers": distinct("customer_id", conversation),
        }
        column, values = who
        base = self.frame.lazy().filter(~kind.is_in(list(ACTIVITIES)))
        if column is not None:
            base = base.filter(pl.col(column).is_in(values))
        start, end = pl.lit(question.start), pl.lit(question.end)
        at = pl.col("segment_start")
        within = base.filter((at >= start) & (at < end))
        plans, names = [], []
        for name, metrics, attributes, sort, limit in question.reports:
            keys = [times.get(a, pl.col(a)).alias(f"k{i}") for i, a in enumerate(attributes)]
            selected = [numbers[m if isinstance(m, str) else m[0]].alias(f"m{i}") for i, m in enumerate(metrics)]
            grouped = within.group_by(keys).agg(selected)
            if sort:
                grouped = grouped.with_columns(pl.col("k0").cast(pl.String)).sort(["m0", "k0"], descending=[True, False], nulls_last=True)
            else:
                grouped = grouped.sort([f"k{i}" for i in range(len(keys))])
            plans.append(grouped.limit(limit))
            names.append(name)
        length = question.end - question.start
        before = base.filter((at >= pl.lit(question.start - length)) & (at < end))
        plans.append(before.group_by((at >= start).alias("k0")).agg([numbers[m if isinstance(m, str) else m[0]].alias(f"m{i}") for i, m in enumerate(question.headlines)]))
        plans.append(within.sort(["segment_start", "segment_id"], descending=[True, False]).limit(100).select(LIST))
        # All at once, so that the engine may share what the reports have in common.
        return {name: frame.rows() for name, frame in zip(names + ["headline", "newest"], pl.collect_all(plans))}

    def close(self):
        self.frame = None


PEERS = {"duckdb": DuckDb, "chdb": ChDb, "polars": Polars}
