-- What the gateway may ask. It sees no table.
create schema api;

-- Keys: indicator << 48 | scope << 24 | days since 1900 (in `change`) or months since year 0 (in `total`).
create function api.pack(number integer, scope integer, at integer) returns bigint
  language sql immutable parallel safe return (number::bigint << 48) | (scope::bigint << 24) | at::bigint;
create function api.day(d date) returns integer language sql immutable parallel safe return d - date '1900-01-01';
create function api.month(d date) returns integer
  language sql immutable parallel safe
  return extract(year from d)::integer * 12 + extract(month from d)::integer - 1;

create function api.state()
  returns table (version integer, batch bigint, at timestamptz, positions jsonb, parked integer, stopped jsonb, held jsonb)
  language sql stable security definer set search_path = public, pg_temp as $$
  select a.version, p.batch,
    coalesce((select b.at from batch b where b.version = a.version and b.n = p.batch), 'epoch'::timestamptz),
    coalesce((select jsonb_object_agg(source, sequence) from position where version = a.version and sequence > 0), '{}'),
    (select count(*)::integer from parked where version = a.version),
    coalesce((select jsonb_agg(jsonb_build_object('source', source, 'sequence', sequence, 'reason', stopped) order by source)
      from position where version = a.version and stopped is not null), '[]'),
    coalesce((select jsonb_agg(source order by source) from held where version = a.version), '[]')
  from active a join projection p using (version)
$$;

create function api.figures(scope text, day date) returns table (indicator text, value bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  with v as (select version from active), s as (select id from scope where name = figures.scope)
  select i.id, coalesce((
      select sum(t.value) from total t, v, s where t.version = v.version
      and t.key between api.pack(i.number, s.id, 0) and api.pack(i.number, s.id, api.month(figures.day) - 1)), 0)::bigint
    + coalesce((
      select sum(c.delta) from change c, v, s where c.version = v.version
      and c.key between api.pack(i.number, s.id, api.day(date_trunc('month', figures.day)::date))
        and api.pack(i.number, s.id, api.day(figures.day))), 0)::bigint
  from indicator i
$$;

create function api.series(scope text, first date, last date)
  returns table (indicator text, month date, delta bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  with v as (select version from active), s as (select id from scope where name = series.scope)
  select i.id, make_date(((t.key & 16777215) / 12)::integer, ((t.key & 16777215) % 12)::integer + 1, 1), t.value
  from indicator i, total t, v, s
  where t.version = v.version and t.value <> 0 and t.key between api.pack(i.number, s.id, api.month(series.first))
    and api.pack(i.number, s.id, api.month(series.last))
  order by 1, 2
$$;

create function api.document(kind text, id text) returns jsonb
  language sql stable security definer set search_path = public, pg_temp as $$
  select d.body from document d, active a
  where d.version = a.version and d.kind = document.kind and d.id = document.id
$$;

create function api.documents(kind text, territory text, member text, after text, lim integer)
  returns table (sort text, id text, body jsonb)
  language sql stable security definer set search_path = public, pg_temp as $$
  select d.sort, d.id, d.body from document d, active a
  where d.version = a.version and d.kind = documents.kind
    and (documents.territory is null or documents.territory = any (d.territories))
    and (documents.member is null or documents.member = d.member)
    and (documents.after is null or d.sort > documents.after)
  order by d.sort limit least(documents.lim, 1000)
$$;

-- A fact's body is a JSON array: source, sequence, type, time, day, occurredon, precision, subject, origin, actor,
-- role, entities, data.
create function api.history(entity text, after_time text, after_source text, after_sequence bigint, lim integer)
  returns table (source text, sequence bigint, type text, "time" text, occurredon text, "precision" text, subject text,
    origin text, actor text, role text, entities jsonb, data jsonb, amended_by jsonb)
  language sql stable security definer set search_path = public, pg_temp as $$
  with mine as (
    select convert_from(f.body, 'UTF8')::jsonb as b from fact f, active a
    where f.version = a.version
      and f.entity = ('x' || encode(substr(sha256(convert_to(history.entity, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
  ), facts as (select b from mine where b -> 11 ? history.entity)
  select b ->> 0, (b ->> 1)::bigint, b ->> 2, b ->> 3, b ->> 5, b ->> 6, b ->> 7, b ->> 8, b ->> 9, b ->> 10, b -> 11,
    b -> 12,
    (select coalesce(jsonb_agg(jsonb_build_object('source', m.b ->> 0, 'sequence', m.b -> 1, 'type', m.b ->> 2,
        'time', m.b ->> 3) order by m.b ->> 3, m.b ->> 0, (m.b ->> 1)::bigint), '[]')
      from facts m where m.b -> 12 -> 'target' ->> 'source' = f.b ->> 0
        and m.b -> 12 -> 'target' -> 'sequence' = f.b -> 1 and m.b -> 12 -> 'target' ->> 'type' = f.b ->> 2)
  from facts f
  where history.after_time is null
    or (b ->> 3, b ->> 0, (b ->> 1)::bigint) > (history.after_time, history.after_source, history.after_sequence)
  order by b ->> 3, b ->> 0, (b ->> 1)::bigint
  limit least(history.lim, 1000)
$$;
