-- Every event of every service, once, for ever. Ready to be partitioned by time: the key holds occurred_at.
create table events (
  position bigint generated always as identity,
  tenant uuid not null,
  stream uuid not null,
  kind text not null check (kind in ('contact', 'agent')),
  event_id uuid not null,
  type text not null,
  source text not null,
  sequence bigint not null check (sequence > 0),
  occurred_at timestamptz not null,
  body jsonb not null,
  primary key (stream, source, sequence, occurred_at)
);

-- Hosting gives the run role no UPDATE and DELETE on a table with this comment; the trigger refuses them to everybody.
comment on table events is 'append-only';

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % of % is refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on events for each statement execute function refuse_change();

-- Projections of the ledger: dropped and folded anew by a rebuild.
create table contacts (
  tenant uuid not null,
  id uuid not null,
  channel text not null,
  caller text,
  called text,
  started_at timestamptz not null,
  ended_at timestamptz,
  queue uuid,
  agent uuid,
  termination text,
  recordings uuid[] not null,
  primary key (tenant, id)
) with (fillfactor = 80);

create index contacts_by_start on contacts (tenant, started_at desc, id desc);

create table legs (
  tenant uuid not null,
  contact uuid not null,
  id uuid not null,
  ordinal int not null,
  role text not null,
  agent uuid,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text,
  alerting_ms bigint not null,
  ivr_ms bigint not null,
  queue_ms bigint not null,
  ring_ms bigint not null,
  talk_ms bigint not null,
  hold_ms bigint not null,
  consult_ms bigint not null,
  wrap_up_ms bigint not null,
  primary key (tenant, contact, id)
) with (fillfactor = 80);

create index legs_by_agent on legs (tenant, agent, contact) where agent is not null;
