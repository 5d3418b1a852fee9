-- What the gateway may ask. It sees no table, and who may see what is decided here and nowhere else.
--
--   api.state() -> version, batch, at, positions, parked, parked_by, stopped, held, behind, current, complete
--   api.known(scope) -> boolean                                    a registered territory, a joined member, the region
--   api.figures(scope, day) -> indicator, value
--   api.series(scope, first, last) -> indicator, month, delta, undated             delta: without what is undated
--   api.document(viewer, kind, id) -> body                                         kind: member territory idea project
--   api.documents(viewer, kind, territory, member, after, lim) -> sort, id, body
--   api.history(viewer, entity, after_time, after_source, after_sequence, lim) -> the records of an object
--   api.may_see(viewer, visibility, owner) -> boolean
--
-- viewer: `public` (no token), `member/<id>` (a token of that member), `all` (the coordinator, auditors).
create schema api;

-- How much of a member's records a viewer sees: 0 the public ones, 1 those for partners too, 2 all.
create function api.level(viewer text, owner text) returns integer
  language sql immutable parallel safe
  return case when viewer = 'all' or viewer = 'member/' || owner then 2 when viewer like 'member/_%' then 1 else 0 end;
-- The level from which a record is seen; docs/record.md, "Who may see".
create function api.from_level(visibility text) returns integer
  language sql immutable parallel safe
  return case visibility when 'public' then 0 when 'partners' then 1 else 2 end;
create function api.may_see(viewer text, visibility text, owner text) returns boolean
  language sql immutable parallel safe
  return api.from_level(visibility) <= api.level(viewer, owner);

-- Keys: indicator << 53 | scope << 22 | days since 1900 (in `change`) or months since year 0 (in `total`): 10, 31 and 22
-- bits, so that every number of a scope and every day that can be asked for has its place.
create function api.pack(number integer, scope integer, at integer) returns bigint
  language sql immutable parallel safe return (number::bigint << 53) | (scope::bigint << 22) | at::bigint;
create function api.day(d date) returns integer language sql immutable parallel safe return d - date '1900-01-01';
create function api.month(d date) returns integer
  language sql immutable parallel safe
  return extract(year from d)::integer * 12 + extract(month from d)::integer - 1;

-- Here and nowhere else it is decided whether answers are complete: the reader has said a moment ago that it counted
-- all that the topics held (`current`), and no producer is stopped, held or behind, and no record is set aside. The
-- moment is compared with the clock that told it, in both directions: a clock that was set back makes nothing current.
create function api.state()
  returns table (version integer, batch bigint, at timestamptz, positions jsonb, parked integer, parked_by jsonb,
    stopped jsonb, held jsonb, behind jsonb, current boolean, complete boolean)
  language sql stable security definer set search_path = public, pg_temp as $$
  with v as (select version from active), by_code as (
    select p.source, p.code, count(*)::integer as n
    from parked p, v where p.version = v.version group by 1, 2
  ), found as (
  select a.version, p.batch,
    coalesce((select b.at from batch b where b.version = a.version and b.n = p.batch), 'epoch'::timestamptz) as at,
    coalesce((select jsonb_object_agg(source, sequence) from position where version = a.version and sequence > 0), '{}')
      as positions,
    (select coalesce(sum(n), 0)::integer from by_code) as parked,
    coalesce((select jsonb_object_agg(source, codes) from (
      select source, jsonb_object_agg(code, n) as codes from by_code group by source) s), '{}') as parked_by,
    coalesce((select jsonb_agg(jsonb_build_object('source', source, 'sequence', sequence, 'reason', stopped) order by source)
      from position where version = a.version and stopped is not null), '[]') as stopped,
    coalesce((select jsonb_agg(source order by source) from held where version = a.version), '[]') as held,
    coalesce((
      select jsonb_agg(b || jsonb_build_object('sequence', coalesce((
        select o.sequence from position o where o.version = a.version and o.source = b ->> 'source'), 0))
        order by b ->> 'source')
      from jsonb_array_elements(p.behind) b), '[]') as behind,
    p.told between clock_timestamp() - p.holds and clock_timestamp() + p.holds as current
  from active a join projection p using (version)
  )
  select f.*, f.current and f.parked = 0 and f.stopped = '[]' and f.held = '[]' and f.behind = '[]' from found f
$$;

create function api.known(scope text) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select known.scope = 'region' or (known.scope like any (array['territory/%', 'member/%']) and exists (
    select from document d
    where d.version = (select version from active) and d.kind = split_part(known.scope, '/', 1)
      and d.id = substr(known.scope, strpos(known.scope, '/') + 1)))
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
  returns table (indicator text, month date, delta bigint, undated bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  with v as (select version from active), s as (select id from scope where name = series.scope)
  select i.id, make_date(((t.key & 4194303) / 12)::integer, ((t.key & 4194303) % 12)::integer + 1, 1),
    t.value - t.undated, t.undated
  from indicator i, total t, v, s
  where t.version = v.version and (t.value <> 0 or t.undated <> 0)
    and t.key between api.pack(i.number, s.id, api.month(series.first)) and api.pack(i.number, s.id, api.month(series.last))
  order by 1, 2
$$;

-- A document as a sheet: a territory's also names the projects in it that the viewer may see.
create function api.sheet(viewer text, kind text, id text, body jsonb) returns jsonb
  language sql stable security definer set search_path = public, pg_temp as $$
  select case when sheet.kind <> 'territory' then sheet.body else sheet.body || jsonb_build_object('projects', (
    select coalesce(jsonb_agg(p.id order by p.id collate "C"), '[]') from document p
    where p.version = (select version from active) and p.kind = 'project' and p.territories @> array[sheet.id]
      and api.level(sheet.viewer, p.owner) between p.lowest and p.highest)) end
$$;

create function api.document(viewer text, kind text, id text) returns jsonb
  language sql stable security definer set search_path = public, pg_temp as $$
  select api.sheet(document.viewer, d.kind, d.id, d.body) from document d
  where d.version = (select version from active) and d.kind = document.kind and d.id = document.id
    and api.level(document.viewer, d.owner) between d.lowest and d.highest
$$;

-- Written for each question with the conditions that it has, so that an index serves them.
create function api.documents(viewer text, kind text, territory text, member text, after text, lim integer)
  returns table (sort text, id text, body jsonb)
  language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query execute format(
    'select d.sort, d.id, api.sheet($1, d.kind, d.id, d.body) from document d where d.version = %s and d.kind = $2 '
      'and api.level($1, d.owner) between d.lowest and d.highest %s %s %s %s order by d.sort limit $6',
    coalesce((select a.version from active a), 0),
    case when api.level(documents.viewer, '') = 0 then 'and d.lowest = 0' end,
    case when documents.territory is not null then 'and d.territories @> array[$3]' end,
    case when documents.member is not null then 'and d.owner = $4' end,
    case when documents.after is not null then 'and d.sort > $5' end
  ) using documents.viewer, documents.kind, documents.territory, documents.member, documents.after,
    least(documents.lim, 1000);
end $$;

-- A fact's body is a JSON array: source, sequence, type, time, day, occurredon, precision, subject, origin, actor,
-- role, entities, data, visibility (for an amendment: for as long as its original is not known).
create function api.history(viewer text, entity text, after_time text, after_source text, after_sequence bigint,
    lim integer)
  returns table (source text, sequence bigint, type text, "time" text, occurredon text, "precision" text, subject text,
    origin text, actor text, role text, entities jsonb, data jsonb, amended_by jsonb)
  language sql stable security definer set search_path = public, pg_temp as $$
  with mine as (
    select convert_from(f.body, 'UTF8')::jsonb as b from fact f
    where f.version = (select version from active)
      and f.entity = ('x' || encode(substr(sha256(convert_to(history.entity, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
  )
  select b ->> 0, (b ->> 1)::bigint, b ->> 2, b ->> 3, b ->> 5, b ->> 6, b ->> 7, b ->> 8, b ->> 9, b ->> 10, b -> 11,
    b -> 12, coalesce(a.amended_by, '[]')
  from mine left join amended a on a.version = (select version from active) and a.source = b ->> 0
    and a.sequence = (b ->> 1)::bigint
  where b -> 11 ? history.entity
    and api.may_see(history.viewer, coalesce(a.visibility, b ->> 13), split_part(b ->> 0, '/', 3))
    and (history.after_time is null
      or (b ->> 3, b ->> 0, (b ->> 1)::bigint) > (history.after_time, history.after_source, history.after_sequence))
  order by b ->> 3, b ->> 0, (b ->> 1)::bigint
  limit least(history.lim, 1000)
$$;
