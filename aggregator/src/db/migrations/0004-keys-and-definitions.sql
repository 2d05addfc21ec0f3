-- Keys of this aggregator that were in force before the one that `aggregator` names. What names them is taken for a while.
create table former_key (
  kid text primary key,
  jwk jsonb not null,
  since timestamptz(3) not null,
  until timestamptz(3) not null
);

-- What probers are offered to run, as it was written: JSON in text, because a jsonb cannot hold every string.
create table custom_definition (
  provider text not null,
  -- '' where a probe has no model
  model text not null,
  name text not null,
  definition text not null,
  added_at timestamptz(3) not null,
  primary key (provider, model, name)
);

-- All of them, signed: kept, so that the same set is the same bytes whoever is asked, and its version never goes back.
create table definition_set (
  one boolean primary key default true check (one),
  version int not null,
  -- the SHA-256 of what is in it and of who signed it
  content text not null,
  expires timestamptz(3) not null,
  jws text not null
);

-- Of all records of this prober: lines that could not be read, by their reasons; keys of a newer version that were
-- dropped; and results where our outcome is not the one that it stated.
alter table prober add column rejected jsonb not null default '{}';
alter table prober add column dropped_keys bigint not null default 0;
alter table prober add column disagreed bigint not null default 0;
