-- Facts that figures are computed from: projections of the ledger like the histories, folded anew by a rebuild.
alter table contacts add disposition text;

alter table legs
  add queue uuid,
  add answered_at timestamptz,
  add holds int not null default 0,
  add transferred boolean not null default false;

create index legs_by_answer on legs (tenant, answered_at) where answered_at is not null;
create index legs_missed on legs (tenant, ended_at) where agent is not null and outcome in ('NoAnswer', 'Rejected');

-- A contact in one of its queues. The moment of its first entry says to which interval it belongs.
create table queue_facts (
  tenant uuid not null,
  contact uuid not null,
  queue uuid not null,
  entered_at timestamptz not null,
  outcome text not null,
  wait_ms bigint not null check (wait_ms >= 0),
  service_level_ms bigint not null,
  legs int not null,
  held int not null,
  transferred int not null,
  talk_ms bigint not null,
  hold_ms bigint not null,
  consult_ms bigint not null,
  wrap_up_ms bigint not null,
  primary key (tenant, contact, queue)
) with (fillfactor = 80);

create index queue_facts_by_entry on queue_facts (tenant, entered_at);

-- An agent's time, without gap or overlap; the operator's. The present stretch has no end.
create table agent_time (
  tenant uuid not null,
  agent uuid not null,
  sequence bigint not null,
  status text not null,
  state text not null,
  contact_tenant uuid,
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant, agent, sequence)
) with (fillfactor = 80);

create unique index agent_time_present on agent_time (tenant, agent) where ended_at is null;
create index agent_time_by_time on agent_time using gist (tstzrange(started_at, ended_at));
