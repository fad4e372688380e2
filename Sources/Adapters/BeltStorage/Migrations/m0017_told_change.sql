-- The newest change of an opportunity that RD Station was told of. Outside CRMs count changes by times in
-- milliseconds, for which told_version has no room; it stays for programs of the version before, and the
-- greater of both counts.
alter table opportunity add column if not exists told_change bigint;
