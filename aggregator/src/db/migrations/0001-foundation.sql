-- The first schema. `prober` and `day` stand in every primary key of a hot table, and no hot table has a foreign key,
-- so that any of them can be partitioned or distributed.

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
  kid text not null unique,
  jwk jsonb not null,
  state text not null check (state in ('pending', 'approved', 'revoked', 'quarantined')),
  state_since timestamptz(3) not null,
  enrolled_at timestamptz(3) not null,
  head_seq int not null default 0,
  head_hash text not null,
  clock_offset_ms int,
  last_batch_at timestamptz(3),
  last_result_at timestamptz(3)
);

-- The signed bytes as they came. Everything else can be made again from these.
create table ledger (
  prober int not null,
  seq int not null,
  typ text not null,
  hash text not null,
  jws text not null,
  body bytea not null,
  received_at timestamptz(3) not null,
  receipt text not null,
  n int not null,
  -- [{line, reason, detail}]
  rejected jsonb not null default '[]',
  primary key (prober, seq)
);

create table endpoint (
  id int generated always as identity primary key,
  provider text not null,
  -- '' where a probe has no model
  model text not null,
  probe text not null,
  unique (provider, model, probe)
);

-- What a result's digest stands for. A digest that came before its definition line has null details and no vote.
create table definition (
  id int generated always as identity unique,
  prober int not null,
  digest text not null,
  endpoint int,
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

create table result (
  day date not null,
  prober int not null,
  id uuid not null,
  endpoint int not null,
  definition int not null,
  slot timestamptz(3) not null,
  at timestamptz(3) not null,
  why text not null,
  dialect text not null,
  -- ours, by the classifier below; `stated` is the prober's where it said something else
  outcome text not null,
  stated text,
  classifier smallint not null,
  operation text,
  signal text,
  finish text not null,
  content text not null,
  http_status smallint,
  errno text,
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
  chunks int not null,
  gap_p50_us int,
  gap_max_us int,
  cost_usd real,
  rate_limit jsonb,
  model_reported text,
  warm boolean not null,
  via_proxy boolean not null,
  uncertainty_us int not null,
  loop_delay_us int not null,
  -- it claims to be more than 120 s ahead of us: kept, and without a vote
  clock_ahead boolean not null default false,
  primary key (prober, id, day)
) partition by range (day);

create index result_by_endpoint on result (endpoint, prober, slot);

create table skip (
  day date not null,
  prober int not null,
  id uuid not null,
  endpoint int not null,
  slot timestamptz(3) not null,
  why text not null,
  reason text not null,
  from_at timestamptz(3),
  to_at timestamptz(3),
  count int not null,
  primary key (prober, id, day)
) partition by range (day);

create table rollup_hour (
  prober int not null,
  endpoint int not null,
  start timestamptz(3) not null,
  -- of scheduled slots only: follow-ups never enter an uptime
  planned int not null,
  ok int not null,
  provider_failed int not null,
  account_failed int not null,
  config_failed int not null,
  vantage_failed int not null,
  unclassified int not null,
  skipped int not null,
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
  since timestamptz(3) not null,
  judged_at timestamptz(3) not null
);

create table incident (
  id uuid primary key,
  provider text not null,
  state text not null,
  impact text not null check (impact in ('minor', 'major', 'critical')),
  reason text not null,
  opened_at timestamptz(3) not null,
  resolved_at timestamptz(3),
  -- clean windows in a row so far
  clean_windows int not null default 0,
  -- [{model, probe}]
  scope jsonb not null
);

create unique index one_open_incident on incident (provider) where resolved_at is null;

create table incident_event (
  incident uuid not null,
  n int not null,
  at timestamptz(3) not null,
  kind text not null check (kind in ('opened', 'impact', 'scope', 'state', 'resolved', 'reopened', 'note')),
  text text not null,
  evidence jsonb,
  primary key (incident, n)
);
