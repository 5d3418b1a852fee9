-- The read side. Every table of a projection is partitioned by its version, so that a new version of the rules is
-- built beside the old one, switched to by one row, and the old one dropped at once.

create table projection (
  version integer primary key,
  epoch bigint not null default 0,
  holder text,
  beat timestamptz not null default '-infinity',
  batch bigint not null default 0,
  released bigint not null default 0,
  -- Everything that the topics held at this moment of this database's clock is counted, but for what `behind` names,
  -- which says of producers why they are not counted to their end: [{source, reason}]. A statement that is older than
  -- `holds` says nothing any more: see api.state.
  told timestamptz not null default '-infinity',
  behind jsonb not null default '[]',
  holds interval not null default '15 seconds',
  -- The digest of the rules that wrote it: no others may. See services/indicators/rules_digest.py.
  rules text
);
create table active (one boolean primary key default true check (one), version integer not null);

create table indicator (number smallint primary key, id text not null unique, scale smallint not null);

create table position (
  version integer not null,
  topic text not null,
  source text not null,
  next_offset bigint not null,
  sequence bigint not null,
  digest text not null,
  stopped text,
  -- Where the record of `sequence` stands; -1: nothing is counted, or it was not met yet in a topic laid anew.
  -- Both offsets say only where to look first: the position is the sequence with its digest.
  at_offset bigint not null default -1,
  primary key (version, topic)
);
-- How far each topic is read, and its end as the broker said at that moment: for whoever runs the reader.
create table reach (
  version integer not null, topic text not null, source text not null, read_to bigint not null, ends bigint not null,
  at timestamptz not null default clock_timestamp(), primary key (version, topic)
);
create table producer_key (
  version integer not null, source text not null, public_key text not null, primary key (version, source)
);
create table held (
  version integer not null, source text not null, since timestamptz not null default now(),
  primary key (version, source)
);
create table scope (id integer generated always as identity primary key, name text not null unique);
create table batch (
  version integer not null, n bigint not null, at timestamptz not null default clock_timestamp(),
  positions jsonb not null, primary key (version, n)
);

-- entity: the first 8 bytes of the SHA-256 of its name; the facts themselves say the names in full.
create table fact (version integer not null, entity bigint not null, batch bigint not null, body bytea not null)
  partition by list (version);
create table change (
  version integer not null, key bigint not null, delta bigint not null, entity bigint not null,
  source integer not null, sequence bigint not null, batch bigint not null
) partition by list (version);
-- undated: what of `value` is not known to have happened in that month.
create table total (
  version integer not null, key bigint not null, value bigint not null, undated bigint not null default 0
) partition by list (version);
-- What an object's records say, as read on the levels of sight `lowest` to `highest` (see api.level). It has another row
-- where who sees more reads something else, and none where its founding record may not be seen.
create table document (
  version integer not null, kind text not null, id text not null, lowest smallint not null, highest smallint not null,
  owner text not null, sort text collate "C" not null, territories text[] not null, body jsonb not null
) partition by list (version);
-- What amendments leave of a record: who may see it, and by which it is amended. Not amended, it has no row.
create table amended (
  version integer not null, source text not null, sequence bigint not null, visibility text not null,
  amended_by jsonb not null
) partition by list (version);
-- The digest of each counted record, 32 bytes each from sequence `first` on, as batches brought them.
create table counted (version integer not null, topic text not null, first bigint not null, digests bytea not null)
  partition by list (version);
alter table counted alter column digests set storage external;
create table producer (id integer generated always as identity primary key, source text not null unique);

create table parked (
  version integer not null, source text not null, sequence bigint not null, subject text not null, type text not null,
  reason text not null, record bytea not null, at timestamptz not null default now(),
  -- What the reason begins with, counted in every answer.
  code text not null generated always as (split_part(reason, ':', 1)) stored,
  primary key (version, source, sequence)
);
create index on parked (version, source, code);
create table evidence (
  version integer not null, topic text not null, "offset" bigint not null, code text not null, reason text not null,
  record bytea not null, at timestamptz not null default now()
);
create table unknown_type (
  version integer not null, type text not null, seen bigint not null, primary key (version, type)
);

create function add_version(v integer) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  parent text;
begin
  if exists (select from projection where version = v) then return; end if;
  insert into projection (version) values (v);
  -- Made apart and then attached, which holds back nobody who reads the versions that are there.
  foreach parent in array array['fact', 'change', 'total', 'document', 'amended', 'counted'] loop
    execute format('create table %s_%s (like %s including defaults including storage)', parent, v, parent);
    execute format('alter table %s attach partition %s_%s for values in (%s)', parent, parent, v, v);
  end loop;
  execute format('create index on fact_%s (entity)', v);
  execute format('create index on change_%s (key) include (delta)', v);
  execute format('alter table total_%s add primary key (key)', v);
  execute format('alter table document_%s add primary key (kind, id, lowest)', v);
  execute format('create index on document_%s (kind, sort)', v);
  execute format('create index on document_%s (kind, sort) where lowest = 0', v);
  execute format('create index on document_%s (kind, owner, sort)', v);
  execute format('create index on document_%s using gin (territories)', v);
  execute format('alter table amended_%s add primary key (source, sequence)', v);
  execute format('alter table counted_%s add primary key (topic, first)', v);
  execute format('grant select, insert, update, delete on fact_%s, change_%s, total_%s, document_%s, amended_%s, '
    'counted_%s to %I', v, v, v, v, v, v, session_user);
  insert into active values (true, v) on conflict do nothing;
end $$;

create function drop_version(v integer) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from active where version = v) then raise exception 'version % is the one in use', v; end if;
  execute format('drop table if exists fact_%s, change_%s, total_%s, document_%s, amended_%s, counted_%s',
    v, v, v, v, v, v);
  delete from position where version = v;
  delete from reach where version = v;
  delete from producer_key where version = v;
  delete from held where version = v;
  delete from batch where version = v;
  delete from parked where version = v;
  delete from evidence where version = v;
  delete from unknown_type where version = v;
  delete from projection where version = v;
end $$;
