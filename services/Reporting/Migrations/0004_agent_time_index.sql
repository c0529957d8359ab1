-- Range operators are not leakproof, so under row-level security no index on ranges is ever used; comparisons are.
drop index agent_time_by_time;
create index agent_time_by_agent on agent_time (tenant, agent, started_at, sequence);
