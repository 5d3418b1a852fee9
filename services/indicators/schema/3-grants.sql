revoke all on schema public, api from public;
revoke all on all functions in schema api, public from public;
grant usage on schema public to "$writer";
grant usage on schema api to "$reader", "$writer";
grant execute on all functions in schema api to "$reader", "$writer";
grant select, insert, update, delete on projection, active, position, reach, counted, producer_key, held, batch, fact, change, total,
  document, amended, parked, evidence, unknown_type, scope, producer, indicator to "$writer";
grant execute on function add_version, drop_version to "$writer";
