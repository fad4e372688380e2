-- The embedded CRM's own records: a CRM like the others, which happens to live in this database.
create table embedded_opportunity (
  integration_id text not null,
  id uuid not null,
  marker uuid not null,
  title text not null,
  contact_id uuid not null,
  company_id uuid,
  pipeline text not null,
  stage text not null,
  owner text not null,
  rating integer check (rating between 1 and 5),
  status text not null default 'open' check (status in ('open', 'won', 'lost')),
  value numeric(14, 2),
  currency text not null default 'BRL',
  loss_reason text,
  tags jsonb not null,
  fields jsonb not null,
  history jsonb not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (integration_id, id),
  unique (integration_id, marker)
);
create index embedded_opportunity_contact on embedded_opportunity (integration_id, contact_id);
