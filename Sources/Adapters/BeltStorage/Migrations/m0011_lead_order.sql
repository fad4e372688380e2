-- The place of an event among those of its lead, drawn while the importer holds the lead: clocks of
-- several machines give no order. Events of before have none and come first, by arrival. The default is
-- set apart from the column, so that no row is written anew, and serves programs of the version before.
create sequence if not exists conversion_place;
alter table conversion add column if not exists place bigint;
alter table conversion alter column place set default nextval('conversion_place');
alter sequence conversion_place owned by conversion.place;
