-- Who was seen to carry a mobile number, each a derived id and never a name, three at most: from then on
-- the number alone says nothing about the person.
alter table identity add column bearers uuid[] not null default '{}';
