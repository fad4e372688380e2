-- Only its index, made before this: by it the importer finds what happened to a lead around a time,
-- however many events the lead has.
select 1;
