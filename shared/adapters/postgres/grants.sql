revoke all on schema public from public;
grant usage on schema public to "$app";
grant select, insert, update on stream to "$app";
grant select, insert on command, event, record to "$app";
grant select, insert, update, delete on outbox to "$app";
grant select, update on seal_state, relay_state to "$app";
grant select, insert, update on replica, heard, set_aside to "$app";
