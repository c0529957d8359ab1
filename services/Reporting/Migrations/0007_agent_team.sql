-- The team that the agent was in during the stretch; null in none, and for what was told before there were teams.
alter table agent_time add team text;
