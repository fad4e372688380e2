-- The life of a record in the embedded CRM: lead, prospect, client. The version rises with each change
-- of the standing; told_version is the newest of which RD Station was told. A new contact is a lead on
-- both sides, so there is nothing to tell of its first version.
alter table contact
  add column standing text not null default 'lead'
    check (standing in ('lead', 'prospect', 'client', 'disqualified')),
  add column version integer not null default 1,
  add column told_version integer not null default 1;
