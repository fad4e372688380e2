-- For the order of a lead's events: which lead a journey belongs to, and who was given up on it.
create index conversion_journey on conversion (integration_id, journey_id);
create index dead_letter_journey on dead_letter (integration_id, journey_id);

-- Rises each time that a worker takes an outside call in hand; what a former holder writes is refused.
alter table effect add column generation integer not null default 1;

create function refuse_former_holder(is_holder boolean) returns void language plpgsql as $$
begin
  if not is_holder then
    raise exception 'another worker has taken over' using errcode = 'ES001';
  end if;
end $$;
