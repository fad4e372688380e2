-- A lead that waits until the settings change: one row an event, gone when the event is decided.
create table held (
  integration_id text not null,
  event_id uuid not null,
  journey_id uuid not null,
  -- What is sent to its stage again.
  message jsonb not null,
  code text not null,
  sentence text not null,
  -- The settings that held it last; a newer version tries it again.
  config_version integer not null,
  held_at timestamptz not null default now(),
  primary key (integration_id, event_id)
);
create index held_journey on held (integration_id, journey_id);

-- Options that leads have added to lists of the CRM, besides those of the settings.
create table created_option (
  integration_id text not null,
  record text not null check (record in ('contact', 'company', 'opportunity')),
  field text not null,
  option text not null,
  created_at timestamptz not null default now(),
  primary key (integration_id, record, field, option)
);

-- Whom the CRM's record belongs to, what its fields hold, and whether the CRM has one at all: the
-- settings may keep contacts or companies out of it.
alter table contact
  add column owner text,
  add column fields jsonb not null default '{}',
  add column in_crm boolean not null default true;
alter table contact alter column in_crm set default false;
alter table company
  add column owner text,
  add column fields jsonb not null default '{}',
  add column in_crm boolean not null default true;
alter table company alter column in_crm set default false;

alter table embedded_opportunity alter column contact_id drop not null;
