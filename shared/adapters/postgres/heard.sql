-- What this service's reactions have heard, and what they set aside. Laid beside store.sql, also in an older database.

-- The records heard of the producers that this service acts upon: a repetition is one only if its content is the same,
-- and a hole is seen. `digest`: SHA-256 of the signed part; `aside`: not acted upon yet, see below.
create table heard (
  source text not null,
  sequence bigint not null check (sequence > 0),
  digest bytea not null,
  aside boolean not null default false,
  primary key (source, sequence)
);

-- Records that no reaction could act upon, and why. `digest` and `size` are of the whole record, `bytes` its beginning
-- (all of it, but for long ones that nobody we know has signed). `source` to `type` are null unless the producer that
-- owns the topic has signed it. `settled`: heard after all, or skipped.
create table set_aside (
  id bigint generated always as identity primary key,
  topic text not null,
  at_offset bigint not null,
  digest bytea not null,
  size integer not null,
  bytes bytea not null,
  code text not null,
  en text not null,
  fr text not null,
  source text,
  sequence bigint,
  event text,
  type text,
  at timestamptz not null default clock_timestamp(),
  tries integer not null default 1,
  settled timestamptz,
  skipped boolean not null default false,
  unique (topic, at_offset, digest)
);
create unique index set_aside_once on set_aside (source, sequence, digest) where source is not null;
create index set_aside_waiting on set_aside (id) where settled is null;

-- What versions never released kept here: a replica is now told by the records above.
alter table replica drop column if exists heard;
