-- SIP messages of calls as the gateway told them, a row a half second that had some. Deleted after 30 days.
create table sip_messages (
  tenant uuid not null,
  contact uuid not null,
  ladder uuid not null,
  sequence bigint not null,
  told_at timestamptz not null,
  dropped int not null,
  messages jsonb not null,
  primary key (tenant, contact, ladder, sequence)
);

create index sip_messages_by_time on sip_messages (tenant, told_at);

-- What the trunk said of the caller and of the call's way: CallOrigin as JSON.
alter table contacts add origin jsonb;
