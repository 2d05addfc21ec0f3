-- The first schema. `prober` and `day` stand in every primary key of a hot table, and no hot table has a foreign key,
-- so that any of them can be partitioned or distributed.

-- Whose database this is. Batches are signed for one aggregator's key: a replica with another key would refuse every one.
create table aggregator (
  one boolean primary key default true check (one),
  kid text not null,
  since timestamptz(3) not null
);

create table enrol_token (
  kid text primary key,
  jwk jsonb not null,
  auto_approve boolean not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  used_by uuid
);

create table prober (
  id uuid primary key,
  -- what hot tables carry in place of the id
  num int generated always as identity unique,
  name text not null unique,
  region text,
  continent text,
  version text not null,
  -- the key in force; all of its keys are in prober_key
  kid text not null unique,
  jwk jsonb not null,
  state text not null check (state in ('pending', 'approved', 'revoked', 'quarantined')),
  state_since timestamptz(3) not null,
  enrolled_at timestamptz(3) not null,
  head_seq bigint not null default 0,
  head_hash text not null,
  clock_offset_ms int,
  last_batch_at timestamptz(3),
  last_result_at timestamptz(3)
);

-- Every key that a prober ever signed with, so that a record resent after a rotation is still known, and the ledger can
-- be verified from its first line.
create table prober_key (
  kid text primary key,
  prober int not null,
  jwk jsonb not null,
  first_seq bigint not null,
  -- null while it is in force
  last_seq bigint
);

-- The signed bytes as they came. Everything else can be made again from these.
create table ledger (
  prober int not null,
  seq bigint not null,
  typ text not null,
  hash text not null,
  jws text not null,
  body bytea not null,
  received_at timestamptz(3) not null,
  receipt text not null,
  -- lines in the body
  n int not null,
  -- [{line, reason, detail}]
  rejected jsonb not null default '[]',
  -- what a gap record says was lost: {from_seq, to_seq, from, to, lost, reason}
  gap jsonb,
  primary key (prober, seq)
);

-- gzip and base64url do not get smaller by compressing them again
alter table ledger alter column body set storage external;
alter table ledger alter column jws set storage external;

create table endpoint (
  id int generated always as identity primary key,
  provider text not null,
  -- '' where a probe has no model
  model text not null,
  probe text not null,
  unique (provider, model, probe)
);

-- What a result's digest stands for. A digest that came before its definition line has null details, and its results
-- have neither a vote nor a bucket until the line comes.
create table definition (
  id int generated always as identity unique,
  prober int not null,
  digest text not null,
  endpoint int not null,
  at timestamptz(3),
  type text,
  dialect text,
  keyed boolean,
  origin text,
  every_ms int,
  timeout_ms int,
  sla jsonb,
  billed boolean,
  reasoning boolean,
  primary key (prober, digest)
);

-- Columns stand in the order of their alignment, widest first: that alone saves some 20 bytes a row. The dialect is the
-- definition's, and the rate limits are six numbers instead of a document, for the same reason.
create table result (
  slot timestamptz(3) not null,
  at timestamptz(3) not null,
  id uuid not null,
  -- the UTC day of `slot`
  day date not null,
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
  -- 0 while its definition is unknown: then `outcome` is still the prober's
  classifier smallint not null,
  http_status smallint,
  warm boolean not null,
  via_proxy boolean not null,
  -- it claims to be more than 120 s ahead of us: kept, without a vote and without a bucket
  clock_ahead boolean not null,
  why text not null,
  -- ours, by the classifier above; `stated` is the prober's where it said something else
  outcome text not null,
  stated text,
  operation text,
  signal text,
  finish text not null,
  content text not null,
  errno text,
  model_reported text,
  primary key (prober, id, day)
) partition by range (day);

create index result_by_endpoint on result (endpoint, prober, slot);

create table skip (
  slot timestamptz(3) not null,
  from_at timestamptz(3),
  to_at timestamptz(3),
  id uuid not null,
  -- the UTC day of `slot`
  day date not null,
  prober int not null,
  endpoint int not null,
  count int not null,
  why text not null,
  reason text not null,
  primary key (prober, id, day)
) partition by range (day);

create index skip_by_endpoint on skip (endpoint, prober, slot);

-- Days are made ahead, and on demand for late results. What claims a day that is far away from ours is kept here, until
-- that day is made.
create table result_stray partition of result default;
create table skip_stray partition of skip default;

-- The levels stand in rollup/levels.ts.
create table rollup_hour (
  prober int not null,
  endpoint int not null,
  start timestamptz(3) not null,
  -- scheduled slots and nothing else: follow-ups never enter an uptime
  planned bigint not null,
  ok bigint not null,
  provider_failed bigint not null,
  account_failed bigint not null,
  config_failed bigint not null,
  vantage_failed bigint not null,
  unclassified bigint not null,
  skipped bigint not null,
  -- of everything that was asked, follow-ups too: they cost as much
  tokens_out bigint not null,
  cost_usd double precision not null,
  primary key (prober, endpoint, start)
);

create table sketch_hour (
  prober int not null,
  endpoint int not null,
  start timestamptz(3) not null,
  metric text not null,
  scale smallint not null,
  i smallint[] not null,
  c int[] not null,
  n int not null,
  sum double precision not null,
  min double precision,
  max double precision,
  primary key (prober, endpoint, start, metric)
);

-- What one vantage says of one endpoint.
create table vote (
  endpoint int not null,
  prober int not null,
  state text not null,
  reason text not null,
  blame text,
  since timestamptz(3) not null,
  evidence jsonb not null,
  judged_at timestamptz(3) not null,
  primary key (endpoint, prober)
);

-- What all vantages together say of it.
create table verdict (
  endpoint int primary key,
  state text not null,
  reason text not null,
  blame text,
  confidence text not null,
  -- vantages that could tell, and those of them that hold this state or a worse one
  voters int not null,
  agree int not null,
  since timestamptz(3) not null,
  judged_at timestamptz(3) not null
);

create table incident (
  id uuid primary key,
  provider text not null,
  -- the provider's last failing state
  state text not null,
  impact text not null check (impact in ('minor', 'major', 'critical')),
  reason text not null,
  opened_at timestamptz(3) not null,
  resolved_at timestamptz(3),
  -- clean windows in a row so far
  clean_windows int not null default 0,
  -- when the last of them was counted
  clean_at timestamptz(3),
  -- [{model, probe}]
  scope jsonb not null
);

create unique index one_open_incident on incident (provider) where resolved_at is null;
create index incident_by_time on incident (opened_at desc, id desc);
create index incident_by_provider on incident (provider, resolved_at desc);

create table incident_event (
  incident uuid not null,
  n int not null,
  at timestamptz(3) not null,
  kind text not null check (kind in ('opened', 'impact', 'scope', 'state', 'resolved', 'reopened', 'note')),
  text text not null,
  evidence jsonb,
  primary key (incident, n)
);
