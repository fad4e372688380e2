-- What we told RD Station comes back by its webhooks. begun_at is before the first call that may have
-- been made about the effect, where sent_at is before the last; echo_… is the mark of RD Station that
-- the effect was recognised in, by the event that told of it and the mark's own time. An effect of the
-- program before this one has neither.
alter table effect
  add column begun_at timestamptz,
  add column echo_event uuid,
  add column echo_at timestamptz;
alter table effect alter column begun_at set default now();

-- The opportunity whose sale made the contact a client: RD Station is told of the stage with the sale.
alter table contact add column client_by uuid;
