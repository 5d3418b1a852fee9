-- The event store of one producer (one member's one service). Run once by the database's owner.
-- $app is the role the service logs in with: it may append and seal, and rewrite nothing.

create table stream (
  id text primary key check (length(id) between 3 and 200),
  version integer not null check (version > 0)
) with (fillfactor = 70);

-- digest: of what was asked; empty for a command that was taken back from the topic, whose records do not say it.
create table command (
  id uuid primary key,
  digest bytea not null,
  stream text not null,
  first integer not null,
  last integer not null,
  at timestamptz not null default clock_timestamp()
);

-- attributes: canonical JSON of what is known when appending; data: canonical JSON of the payload.
-- Both are bytes: jsonb would reshape numbers and keys, and no digest would survive.
create table event (
  stream text not null,
  version integer not null check (version > 0),
  type text not null,
  attributes bytea not null,
  data bytea not null,
  primary key (stream, version)
);

-- What is not sealed yet. The identity is taken in version order within a statement (cache 1).
create table outbox (
  id bigint generated always as identity primary key,
  stream text not null,
  version integer not null
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- The sealed records, byte for byte what is published.
create table record (
  sequence bigint primary key check (sequence > 0),
  stream text not null,
  version integer not null,
  key bytea not null,
  bytes bytea not null,
  unique (stream, version)
);

-- Who seals (epoch) and where the chain ends; who publishes, how far Kafka has acknowledged, and at which offset the
-- topic ended then. Two rows, so that sealing never waits for publishing.
create table seal_state (
  one boolean primary key default true check (one),
  epoch bigint not null default 0,
  sequence bigint not null default 0,
  digest text not null default repeat('0', 64)
);
insert into seal_state default values;
create table relay_state (
  one boolean primary key default true check (one),
  epoch bigint not null default 0,
  acked bigint not null default 0,
  next_offset bigint not null default 0
);
insert into relay_state default values;

-- What was heard from others. `body`: what the next event of it needs; `view`: what decisions ask for, null when it is
-- no more.
create table replica (
  name text primary key check (length(name) <= 200),
  body bytea not null,
  view bytea
);

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception 'events and records are never changed or removed';
end $$;
create trigger event_is_final before update or delete on event
  for each row execute function refuse_rewriting();
create trigger event_is_not_emptied before truncate on event execute function refuse_rewriting();
create trigger record_is_final before update or delete on record
  for each row execute function refuse_rewriting();
create trigger record_is_not_emptied before truncate on record execute function refuse_rewriting();
create trigger command_is_final before update or delete on command
  for each row execute function refuse_rewriting();
