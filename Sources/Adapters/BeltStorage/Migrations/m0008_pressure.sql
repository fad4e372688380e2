-- What all workers of the fleet share so that they do not press on others together. Every time here is
-- the database's clock.

-- A token bucket for the calls to one API of one integration.
create table quota (
  integration_id text not null,
  api text not null,
  tokens double precision not null,
  -- Of the last take: how many it got.
  granted integer not null default 0,
  counted_at timestamptz not null default now(),
  -- Until then the other side has asked for silence (429).
  closed_until timestamptz,
  primary key (integration_id, api)
) with (fillfactor = 50);

-- A circuit breaker for one API of one integration; no row is a closed one.
create table breaker (
  integration_id text not null,
  api text not null,
  state text not null check (state in ('closed', 'open', 'half_open')),
  -- Of the window that began then.
  window_at timestamptz not null default now(),
  calls integer not null default 0,
  failures integer not null default 0,
  -- Probes in a row that went well.
  successes integer not null default 0,
  opened_at timestamptz,
  probe_at timestamptz,
  primary key (integration_id, api)
) with (fillfactor = 50);

-- The balance from which retries are taken; deliveries and time fill it.
create table retry_budget (
  integration_id text not null,
  stage text not null,
  balance double precision not null,
  granted integer not null default 0,
  counted_at timestamptz not null default now(),
  primary key (integration_id, stage)
) with (fillfactor = 50);

-- Redelivered messages in hand: one that ends its process keeps its row.
create table suspect (
  integration_id text not null,
  message_id uuid not null,
  stage text not null,
  starts integer not null,
  last_start timestamptz not null default now(),
  primary key (integration_id, message_id, stage)
);
