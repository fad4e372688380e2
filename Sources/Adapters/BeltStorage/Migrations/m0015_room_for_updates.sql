-- Each row of these is written again soon after its insert, in columns without an index. With room beside
-- it, the new version goes there and no index is touched.
alter table conversion set (fillfactor = 75);
alter table contact set (fillfactor = 75);
alter table opportunity set (fillfactor = 75);
