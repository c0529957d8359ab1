using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Desk.Push;

namespace CallCenter.Desk.Live;

/// <summary>
/// Every agent as last told or read. Events come beside each other, so an older one than was seen is dropped by its number;
/// a read does not overwrite what an event told while it was under way.
/// </summary>
internal sealed class LiveAgents(Connections connections, TimeProvider clock)
{
    private readonly Lock _sync = new();
    private readonly Dictionary<Guid, Known> _agents = [];
    // By a supervisor's leg.
    private readonly Dictionary<Guid, (Guid Agent, Guid Supervisor)> _watching = [];
    private long _touches;

    /// <summary>Takes in what happened; false when the agent is unknown and has to be read.</summary>
    public bool Apply(AgentChanged e)
    {
        lock (_sync)
        {
            if (!_agents.TryGetValue(e.Agent, out var known))
            {
                return false;
            }

            // What was read may know more than an event that is told again after a restart.
            if (e.Sequence > known.Sequence && e.Current.StateSince >= known.Item.StateSince && e.Current.StatusSince >= known.Item.StatusSince)
            {
                var item = With(known.Item, e.Current);
                _agents[e.Agent] = new Known(item, e.Sequence, ++_touches);
                Push(item, known.Item.Team, e.OccurredAt);
            }

            return true;
        }
    }

    /// <summary>The agent's name; null when it is not known.</summary>
    public string? NameOf(Guid agent)
    {
        lock (_sync)
        {
            return _agents.GetValueOrDefault(agent)?.Item.Name;
        }
    }

    public IReadOnlyList<Watcher> WatchingOf(Guid agent)
    {
        lock (_sync)
        {
            return _agents.GetValueOrDefault(agent)?.Item.Watching ?? [];
        }
    }

    /// <summary>A supervisor's leg is in the agent's conversation from now on; null: not any more.</summary>
    public void Watch(Guid leg, MonitorStarted? e)
    {
        lock (_sync)
        {
            var (agent, supervisor) = e is null ? _watching.GetValueOrDefault(leg) : (e.Agent, e.Supervisor);
            if (!_agents.TryGetValue(agent, out var known))
            {
                return;
            }

            List<Watcher> watching = [.. known.Item.Watching.Where(one => one.Supervisor != supervisor)];
            if (e is { Mode: not MonitorMode.TakeOver })
            {
                watching.Add(new Watcher(supervisor, NameOf(e.Mode)));
                _watching[leg] = (agent, supervisor);
            }
            else
            {
                _watching.Remove(leg);
            }

            var item = known.Item with { Watching = watching };
            _agents[agent] = known with { Item = item, Touch = ++_touches };
            Push(item, item.Team, e?.OccurredAt);
        }
    }

    private static string NameOf(MonitorMode mode) => mode switch { MonitorMode.Listen => "listen", MonitorMode.Whisper => "whisper", _ => "barge" };

    /// <summary>Before a read: what happens from now on is newer than the read.</summary>
    public long BeginRead()
    {
        lock (_sync)
        {
            return _touches;
        }
    }

    /// <summary>Takes in what was read; those that are different are pushed.</summary>
    public void Take(IReadOnlyList<AgentItem> read, long begun)
    {
        lock (_sync)
        {
            foreach (var item in read)
            {
                var known = _agents.GetValueOrDefault(item.Id);
                if (known is not null && (known.Touch > begun || Same(known.Item, item)))
                {
                    continue;
                }

                var now = item with { Watching = known?.Item.Watching ?? [] };
                _agents[item.Id] = new Known(now, known?.Sequence ?? 0, known?.Touch ?? 0);
                Push(now, known?.Item.Team, null);
            }

            var there = read.Select(item => item.Id).ToHashSet();
            foreach (var gone in _agents.Where(a => !there.Contains(a.Key) && a.Value.Touch <= begun).Select(a => a.Key).ToList())
            {
                _agents.Remove(gone);
            }
        }
    }

    public IReadOnlyList<AgentItem> All()
    {
        lock (_sync)
        {
            return [.. _agents.Values.Select(known => known.Item).OrderBy(item => item.User, StringComparer.Ordinal)];
        }
    }

    /// <summary>By queue, of its agents who are logged in.</summary>
    public IReadOnlyDictionary<Guid, AgentCounts> Counts()
    {
        var counts = new Dictionary<Guid, AgentCounts>();
        lock (_sync)
        {
            foreach (var agent in _agents.Values.Select(known => known.Item).Where(item => item.Status != nameof(AgentStatus.LoggedOut)))
            {
                foreach (var queue in agent.Queues)
                {
                    counts[queue] = Count(counts.GetValueOrDefault(queue, AgentCounts.None), agent);
                }
            }
        }

        return counts;
    }

    private static AgentCounts Count(AgentCounts counts, AgentItem agent) => agent switch
    {
        { Contact: not null } => counts with { Busy = counts.Busy + 1 },
        { Status: nameof(AgentStatus.Available), State: nameof(AgentState.Idle) } => counts with { Idle = counts.Idle + 1 },
        _ => counts with { Away = counts.Away + 1 },
    };

    private static bool Same(AgentItem a, AgentItem b) => a.Queues.SequenceEqual(b.Queues) && (a with { Queues = b.Queues, Watching = b.Watching }) == b;

    private static AgentItem With(AgentItem item, AgentSnapshot now) => item with
    {
        Status = now.Status.ToString(), Reason = now.Reason, StatusSince = now.StatusSince, State = now.State.ToString(), StateSince = now.StateSince,
        Contact = now.Contact, Deadline = now.Deadline, NextStatus = now.NextStatus?.ToString(), StandingLeg = now.StandingLeg, Team = now.Team,
    };

    // Under the lock, so that no tab gets an older state after a newer one.
    private void Push(AgentItem item, string? formerTeam, DateTimeOffset? happened)
    {
        var now = clock.Now();
        // First, so that it stays in sight of who has both teams.
        if (formerTeam is not null && formerTeam != item.Team)
        {
            connections.Send(Outgoing.Of(new AgentLeftMessage(item.Id, now), formerTeam));
        }

        connections.Send(Outgoing.Of(new AgentMessage(item, now)));
        if (happened is { } at)
        {
            Telemetry.PushAge.Record((now - at).TotalMilliseconds, new KeyValuePair<string, object?>("type", "agent"));
        }
    }

    private sealed record Known(AgentItem Item, long Sequence, long Touch);
}
