-- What people do with dead letters: edit, send again, discard. A claim is a retry that is publishing:
-- a copy that fails and is recorded again meanwhile takes it away, so the retry cannot hide it.
alter table dead_letter
  add column original_body bytea,
  add column edited_at timestamptz,
  add column discard_reason text,
  add column claim uuid,
  add column claimed_at timestamptz;

-- A bulk action: what it does, to how many, how fast, and how far it is. It may span integrations, so
-- its items carry theirs.
create table operation (
  id uuid primary key,
  kind text not null check (kind in ('retry', 'discard')),
  state text not null default 'planned'
    check (state in ('planned', 'running', 'paused', 'done', 'cancelled')),
  -- What was asked for; the items are what it was when it was asked.
  filter jsonb not null,
  reason text,
  actor text not null,
  -- Items a second, of all its runners together.
  pace integer not null check (pace between 1 and 10000),
  planned_at timestamptz not null default now(),
  -- When the next items may be taken.
  next_at timestamptz not null default now(),
  ended_at timestamptz
);

-- The frozen membership. A claim that is older than the lease is somebody's who died.
create table operation_item (
  operation_id uuid not null references operation (id),
  position integer not null,
  integration_id text not null,
  dead_letter_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'claimed', 'done', 'skipped')),
  runner uuid,
  claimed_at timestamptz,
  settled_at timestamptz,
  primary key (operation_id, position),
  unique (operation_id, integration_id, dead_letter_id)
);
create index operation_item_open on operation_item (operation_id, position)
  where state in ('waiting', 'claimed');
