-- Each row of these is written again soon after its insert. With room beside it the log takes what has
-- changed, and not the whole row anew.
alter table lead set (fillfactor = 75);
alter table effect set (fillfactor = 75);
