-- History at three levels: five minutes for a week, hours for 400 days, days for good. What is kept for a week is dropped by
-- the day; of hours the oldest are deleted. What must remain when the beginning of a ledger goes.

create table rollup_5min (like rollup_hour, primary key (prober, endpoint, start)) partition by range (start);
create table sketch_5min (like sketch_hour, primary key (prober, endpoint, start, metric)) partition by range (start);
create table rollup_day (like rollup_hour, primary key (prober, endpoint, start));
create table sketch_day (like sketch_hour, primary key (prober, endpoint, start, metric));

-- Buckets of the last days alone are written, and their days are made before: this one stays empty, and no bucket is lost.
create table rollup_5min_stray partition of rollup_5min default;
create table sketch_5min_stray partition of sketch_5min default;

-- A bucket is written again with each batch: with room beside it a new version needs no new entry in the index.
alter table rollup_hour set (fillfactor = 70);
alter table sketch_hour set (fillfactor = 70);
alter table rollup_day set (fillfactor = 70);
alter table sketch_day set (fillfactor = 70);

insert into rollup_day
select prober, endpoint, date_trunc('day', start at time zone 'utc') at time zone 'utc',
  sum(planned), sum(ok), sum(provider_failed), sum(account_failed), sum(config_failed), sum(vantage_failed),
  sum(unclassified), sum(skipped), sum(tokens_out), sum(cost_usd)
from rollup_hour group by 1, 2, 3;

-- Every histogram is of the same scale so far, so their buckets add up as they are.
insert into sketch_day (prober, endpoint, start, metric, scale, i, c, n, sum, min, max)
with bucket as (
  select h.prober, h.endpoint, date_trunc('day', h.start at time zone 'utc') at time zone 'utc' as start, h.metric,
    h.scale, b.i, sum(b.c)::int as c
  from sketch_hour h cross join lateral unnest(h.i, h.c) b(i, c)
  group by 1, 2, 3, 4, 5, 6
), histogram as (
  select prober, endpoint, start, metric, scale, array_agg(i order by i) as i, array_agg(c order by i) as c
  from bucket group by 1, 2, 3, 4, 5
), total as (
  select prober, endpoint, date_trunc('day', start at time zone 'utc') at time zone 'utc' as start, metric,
    sum(n)::int as n, sum(sum) as sum, min(min) as min, max(max) as max
  from sketch_hour group by 1, 2, 3, 4
)
select h.prober, h.endpoint, h.start, h.metric, h.scale, h.i, h.c, t.n, t.sum, t.min, t.max
from histogram h join total t using (prober, endpoint, start, metric);

-- Where a prober's ledger begins, once its oldest records are dropped: after this one, which is known by its hash alone.
create table ledger_anchor (
  prober int primary key,
  seq bigint not null,
  hash text not null,
  dropped_at timestamptz(3) not null
);
