-- A raw row with its indexes was 310 bytes at its fullest, and 200 is the aim. What changes, and what it saves:
-- * the partition key is the slot itself, so the day has no column of its own, in the row or in its index;
-- * the key leads with the endpoint, so that one index keeps a line from being stored twice and finds a series;
-- * words from closed lists are enumerations (four bytes, whatever the word), and what a model called itself is a number.
-- Beside that: whether a result was late when it came, which nothing else remembers.

create type slot_why as enum ('schedule', 'boot', 'followup', 'manual');
create type probe_outcome as enum (
  'ok', 'server_error', 'overloaded', 'timeout', 'dns_failed', 'connect_failed', 'tls_failed', 'connection_reset',
  'malformed', 'empty', 'truncated', 'wrong_answer', 'redirected', 'rate_limited', 'quota_exhausted', 'auth_rejected',
  'permission_denied', 'bad_request', 'model_not_found', 'content_filtered', 'cut_short', 'vantage_offline',
  'prober_overloaded', 'egress_denied', 'unclassified'
);
create type probe_operation as enum (
  'dns', 'proxy', 'connect', 'tls', 'send', 'first_byte', 'first_token', 'stall', 'total'
);
create type probe_finish as enum ('stop', 'length', 'filter', 'tool', 'none');
create type content_check as enum ('pass', 'fail', 'none');
create type skip_reason as enum (
  'budget_spent', 'vantage_offline', 'overrun', 'paused', 'shutting_down', 'interrupted', 'not_running', 'not_configured'
);

-- What providers called their models, as each prober heard it. `seen` is the last day it was heard; what no result
-- names any more is taken out by retention.
create table reported_model (
  id int generated always as identity unique,
  prober int not null,
  name text not null,
  seen date not null,
  primary key (prober, name)
);

-- Widest first, so that alignment costs nothing.
create table result_next (
  slot timestamptz(3) not null,
  at timestamptz(3) not null,
  id uuid not null,
  prober int not null,
  endpoint int not null,
  definition int not null,
  uncertainty_us int not null,
  loop_delay_us int not null,
  chunks int not null,
  dns_us int,
  tcp_us int,
  tls_us int,
  sent_us int,
  first_byte_us int,
  first_token_us int,
  first_visible_us int,
  last_byte_us int,
  tokens_in int,
  tokens_out int,
  tokens_reasoning int,
  gap_p50_us int,
  gap_max_us int,
  cost_usd real,
  requests_limit real,
  requests_remaining real,
  requests_reset_s real,
  tokens_limit real,
  tokens_remaining real,
  tokens_reset_s real,
  -- what the provider called the model
  reported_model int,
  why slot_why not null,
  -- ours, by the classifier below; `stated` is the prober's where it said something else
  outcome probe_outcome not null,
  stated probe_outcome,
  operation probe_operation,
  finish probe_finish not null,
  content content_check not null,
  -- 0 while its definition is unknown: then `outcome` is still the prober's
  classifier smallint not null,
  http_status smallint,
  warm boolean not null,
  via_proxy boolean not null,
  -- it claims to be more than 120 s ahead of us: kept, without a vote and without a bucket
  clock_ahead boolean not null,
  -- older than 15 min when it came: it fills history and begins nothing
  late boolean not null,
  signal text,
  errno text,
  primary key (endpoint, prober, slot, id)
) partition by range (slot);

-- Those that wait for their definition, for the moment it comes. Empty but for them.
create index result_next_waiting on result_next (prober, definition) where classifier = 0;

create table skip_next (
  slot timestamptz(3) not null,
  from_at timestamptz(3),
  to_at timestamptz(3),
  id uuid not null,
  prober int not null,
  endpoint int not null,
  count int not null,
  why slot_why not null,
  reason skip_reason not null,
  primary key (endpoint, prober, slot, id)
) partition by range (slot);

-- Days are made ahead, and on demand for late results. What claims a day that is far away from ours is kept here, until
-- that day is made.
create table result_next_stray partition of result_next default;
create table skip_next_stray partition of skip_next default;

-- The days that are there, under the names that they will have.
do $$
declare
  parent text;
  day date;
begin
  foreach parent in array array['result', 'skip'] loop
    for day in
      select to_date(right(c.relname, 8), 'YYYYMMDD')
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = parent::regclass and c.relname ~ '_\d{8}$'
    loop
      execute format(
        'create table %I partition of %I for values from (%L) to (%L)',
        parent || '_next_' || to_char(day, 'YYYYMMDD'), parent || '_next',
        day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc'
      );
    end loop;
  end loop;
end $$;

insert into reported_model (prober, name, seen)
select prober, model_reported, least(max(day), (now() at time zone 'utc')::date)
from result where model_reported is not null group by prober, model_reported;

-- When the rows came, nobody wrote down: late are those whose batch came that much later than they were measured, and no
-- batch says which rows were in it. None of them is called late, as none was until now.
insert into result_next
select r.slot, r.at, r.id, r.prober, r.endpoint, r.definition, r.uncertainty_us, r.loop_delay_us, r.chunks,
  r.dns_us, r.tcp_us, r.tls_us, r.sent_us, r.first_byte_us, r.first_token_us, r.first_visible_us, r.last_byte_us,
  r.tokens_in, r.tokens_out, r.tokens_reasoning, r.gap_p50_us, r.gap_max_us, r.cost_usd,
  r.requests_limit, r.requests_remaining, r.requests_reset_s, r.tokens_limit, r.tokens_remaining, r.tokens_reset_s,
  m.id, r.why::slot_why, r.outcome::probe_outcome, r.stated::probe_outcome, r.operation::probe_operation,
  r.finish::probe_finish, r.content::content_check, r.classifier, r.http_status, r.warm, r.via_proxy, r.clock_ahead,
  false, r.signal, r.errno
from result r left join reported_model m on m.prober = r.prober and m.name = r.model_reported;

insert into skip_next
select slot, from_at, to_at, id, prober, endpoint, count, why::slot_why, reason::skip_reason from skip;

drop table result;
drop table skip;

-- Tables, and the indexes with them.
do $$
declare
  old text;
begin
  for old in
    select relname from pg_class
    where relnamespace = current_schema()::regnamespace and relname ~ '^(result|skip)_next' and relkind in ('r', 'p', 'i', 'I')
  loop
    execute format('alter table %I rename to %I', old, regexp_replace(old, '^(result|skip)_next', '\1'));
  end loop;
end $$;

analyze result;
analyze skip;
