-- Everything starts with the integration: two of them never meet.
create table integration (
  id text primary key check (id ~ '^[a-z0-9-]{1,40}$'),
  rd_account text not null,
  crm text not null,
  state text not null default 'active' check (state in ('active', 'disconnected')),
  config_version integer not null,
  hook_generation integer not null default 1,
  created_at timestamptz not null default now()
);

create table integration_config (
  integration_id text not null references integration (id),
  version integer not null,
  document jsonb not null,
  source text not null,
  applied_at timestamptz not null default now(),
  primary key (integration_id, version)
);

-- Tokens, encrypted by the program (AES-GCM); the key's id stands in the row for rotation.
create table credential (
  integration_id text not null references integration (id),
  system text not null,
  key_id text not null,
  sealed bytea not null,
  generation integer not null default 1,
  expires_at timestamptz,
  refresh_until timestamptz,
  primary key (integration_id, system)
);

-- One row a message and stage, written with the effects: a redelivery finds it, publishes what
-- follows again and acknowledges. follow_ids lets the ledger see what is still on its way.
create table receipt (
  integration_id text not null,
  message_id uuid not null,
  stage text not null,
  journey_id uuid not null,
  outcome text not null,
  follows text not null,
  follow_ids uuid[] not null,
  handled_at timestamptz not null default now(),
  primary key (integration_id, message_id)
) with (fillfactor = 100);
create index receipt_journey on receipt (integration_id, journey_id);

-- Raw bodies for replay.
create table webhook_archive (
  integration_id text not null,
  message_id uuid not null,
  received_at timestamptz not null,
  body_sha256 bytea not null,
  body bytea not null,
  primary key (integration_id, message_id, received_at)
) partition by range (received_at);

-- One row for each lead in each accepted body: what the ledger counts as received.
create table arrival (
  integration_id text not null,
  journey_id uuid not null,
  message_id uuid not null,
  position integer not null,
  arrived_at timestamptz not null,
  state text not null check (state in ('accepted', 'ignored', 'duplicate', 'invalid')),
  reason text,
  event_id uuid,
  primary key (integration_id, journey_id)
);
create index arrival_event on arrival (integration_id, event_id);

create table lead (
  integration_id text not null,
  id uuid not null,
  rd_uuid text,
  -- Trimmed and in lower case.
  email_key text,
  -- What RD Station said of the person, by the names of its API; a later event adds and replaces.
  profile jsonb not null,
  custom_fields jsonb not null default '{}',
  contact_id uuid,
  company_id uuid,
  -- The time at RD Station of the newest event that wrote here; an older one changes nothing.
  source_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (integration_id, id)
);
create index lead_email on lead (integration_id, email_key);
create index lead_contact on lead (integration_id, contact_id);

-- Every conversion and every opportunity mark: the history.
create table conversion (
  integration_id text not null,
  id uuid not null,
  lead_id uuid not null,
  journey_id uuid not null,
  kind text not null check (kind in ('conversion', 'opportunity_mark')),
  identifier text,
  origin text,
  number integer,
  occurred_at timestamptz,
  arrived_at timestamptz not null,
  first_import boolean not null,
  contact_id uuid,
  company_id uuid,
  primary key (integration_id, id)
);
create index conversion_lead on conversion (integration_id, lead_id, arrived_at);

-- Normalised keys; one key leads to one contact or company.
create table identity (
  integration_id text not null,
  kind text not null,
  value text not null,
  subject_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (integration_id, kind, value)
);
create index identity_subject on identity (integration_id, subject_id);

create table company (
  integration_id text not null,
  id uuid not null,
  name text,
  crm_id text,
  created_at timestamptz not null default now(),
  primary key (integration_id, id)
);

create table contact (
  integration_id text not null,
  id uuid not null,
  name text,
  email text,
  mobile_phone text,
  company_id uuid,
  crm_id text,
  created_at timestamptz not null default now(),
  primary key (integration_id, id)
);

-- Our link to the CRM's record. One opportunity an RD event, whatever is delivered how often.
create table opportunity (
  integration_id text not null,
  id uuid not null,
  event_id uuid not null,
  lead_id uuid not null,
  contact_id uuid not null,
  company_id uuid,
  crm_id text,
  trigger_place integer not null,
  pipeline text not null,
  stage text not null,
  owner text not null,
  draft jsonb not null,
  -- The newest state of the CRM that RD Station was told, by the CRM's counter.
  told_version integer not null default 0,
  told_status text not null default 'open',
  created_at timestamptz not null default now(),
  primary key (integration_id, id),
  unique (integration_id, event_id)
);
create index opportunity_lead on opportunity (integration_id, lead_id);
create unique index opportunity_crm on opportunity (integration_id, crm_id);

-- Intents to the outside: written before the call, decided after it.
create table effect (
  integration_id text not null,
  id uuid not null,
  journey_id uuid not null,
  kind text not null,
  subject_id uuid not null,
  state text not null check (state in ('sent', 'confirmed', 'unknown', 'parked', 'failed')),
  plan jsonb not null,
  sent_at timestamptz not null default now(),
  settled_at timestamptz,
  reads integer not null default 0,
  reason text,
  primary key (integration_id, id)
);
create index effect_open on effect (integration_id, state) where state <> 'confirmed';

create table tag_state (
  integration_id text not null,
  opportunity_id uuid not null,
  tags jsonb not null,
  merged_at timestamptz not null default now(),
  primary key (integration_id, opportunity_id)
);

create table assignment_cursor (
  integration_id text not null,
  name text not null,
  waiting jsonb not null,
  last text,
  primary key (integration_id, name)
);

-- Append-only: what each stage saw, which rule or key decided, what it wrote where.
create table journey (
  integration_id text not null,
  journey_id uuid not null,
  at timestamptz not null,
  stage text not null,
  code text not null,
  sentence text not null,
  subject_id uuid,
  config_version integer
) partition by range (at);
create index journey_by_id on journey (integration_id, journey_id, at);

create table dead_letter (
  integration_id text not null,
  id uuid not null,
  stage text not null,
  type text not null,
  journey_id uuid not null,
  code text not null,
  sentence text not null,
  fingerprint text not null,
  attempts integer not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  body bytea not null,
  envelope jsonb not null,
  state text not null default 'open' check (state in ('open', 'retried', 'discarded')),
  settled_at timestamptz,
  primary key (integration_id, id)
);
create index dead_letter_open on dead_letter (integration_id, state, last_at);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  integration_id text,
  action text not null,
  detail jsonb not null default '{}'
);

-- Monthly partitions, made ahead; the default one catches what no month was made for.
create function ensure_partitions(months integer) returns void language plpgsql as $$
declare
  parent text;
  first date;
begin
  foreach parent in array array['journey', 'webhook_archive'] loop
    for offset_months in 0..months loop
      first := date_trunc('month', now() at time zone 'UTC')::date
        + make_interval(months => offset_months);
      execute format(
        'create table if not exists %I partition of %I for values from (%L) to (%L)',
        parent || '_' || to_char(first, 'YYYY_MM'), parent,
        first::timestamp at time zone 'UTC',
        (first + interval '1 month')::timestamp at time zone 'UTC');
    end loop;
    execute format('create table if not exists %I partition of %I default',
      parent || '_other', parent);
  end loop;
end $$;
select ensure_partitions(12);
