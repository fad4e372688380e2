-- The life of a login at RD Station: whose its refresh is, which login it is, since when it is refused.
-- Programs of the version before leave these columns as they are.
alter table credential
  -- Rises with every claim of a refresh: what a former holder writes is refused.
  add column if not exists claim bigint not null default 0,
  -- Rises when a person gives another login.
  add column if not exists lineage integer not null default 1,
  -- Since when RD Station refuses it; null while it works.
  add column if not exists dead_since timestamptz,
  -- When it may be tried again.
  add column if not exists retry_at timestamptz;

-- Refresh tokens that others have replaced: kept until their successor has worked.
create table if not exists credential_spare (
  integration_id text not null references integration (id),
  system text not null,
  lineage integer not null,
  id bigint generated always as identity,
  key_id text not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (integration_id, system, id)
);

-- What the trial of a given login yielded, before it is in force: the trial may have spent the token that
-- was given. The integration need not exist yet.
create table if not exists credential_offer (
  integration_id text not null,
  system text not null,
  given text not null,
  key_id text not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (integration_id, system, given)
);
