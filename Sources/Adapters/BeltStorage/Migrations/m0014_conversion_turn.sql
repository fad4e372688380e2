-- Only its index, made before this: by it the events of a lead that come before one are found in the
-- order of their turns.
select 1;
