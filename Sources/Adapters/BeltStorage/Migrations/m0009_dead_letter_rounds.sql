-- How often a person has sent a dead letter again or discarded it. A message carries the round that it
-- was sent in: what the broker still holds of an earlier one says nothing new.
alter table dead_letter add column round integer not null default 0;

-- For the sweep; receipts are appended, so few pages hold a span of time.
create index receipt_handled on receipt using brin (handled_at);
