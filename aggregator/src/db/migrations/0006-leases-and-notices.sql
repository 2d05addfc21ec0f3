-- Who of several replicas does what only one may do. `fence` grows with every new holder: whoever writes as the holder shows its
-- number in the same transaction. Times are the database's own, so no replica's clock can be wrong.
create table lease (
  name text primary key,
  holder text not null,
  fence bigint not null,
  until timestamptz(3) not null
);

-- What somebody should know that is no incident. What a kind means stands in notice/kinds.ts.
create table notice (
  id uuid primary key,
  kind text not null,
  -- what it is about; 0 and '' where it is about no single one
  prober int not null,
  provider text not null,
  model text not null,
  probe text not null,
  first_seen timestamptz(3) not null,
  -- when its cause was last there
  last_seen timestamptz(3) not null,
  cleared_at timestamptz(3),
  details jsonb not null
);

create unique index one_open_notice on notice (kind, prober, provider, model, probe) where cleared_at is null;
create index notice_by_time on notice (first_seen desc, id desc);

-- `impact` is the worst that an incident was. How bad it is now, since when it has been less than that, and what was measured
-- before and during it, kept when it closes.
alter table incident add column impact_now text not null default 'minor' check (impact_now in ('minor', 'major', 'critical'));
alter table incident add column eased_at timestamptz(3);
alter table incident add column measured jsonb;
update incident set impact_now = impact;
alter table incident alter column impact_now drop default;

alter table incident_event drop constraint incident_event_kind_check;
alter table incident_event add constraint incident_event_kind_check
  check (kind in ('opened', 'impact', 'eased', 'scope', 'state', 'resolved', 'reopened', 'note'));
