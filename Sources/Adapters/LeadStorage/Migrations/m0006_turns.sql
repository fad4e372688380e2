-- For the order of a lead's events: which lead a journey belongs to, and who was given up on it.
create index conversion_journey on conversion (integration_id, journey_id);
create index dead_letter_journey on dead_letter (integration_id, journey_id);
