-- Who spoke when: the contact's figures and timeline as told, and what queues' figures are summed from.
alter table contacts add speech jsonb;

alter table queue_facts
  add conversation_ms bigint not null default 0,
  add caller_speech_ms bigint not null default 0,
  add agent_speech_ms bigint not null default 0,
  add talk_over_ms bigint not null default 0,
  add silence_ms bigint not null default 0,
  add longest_silence_ms bigint not null default 0;
