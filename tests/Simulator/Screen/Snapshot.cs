using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Screen;

/// <summary>What the screen shows of one queue.</summary>
internal sealed record QueueLine(string Tenant, string Queue, int Calls, int Waiting, TimeSpan Longest, int Talking, int Answered, int Left);

/// <summary>What the screen shows of one agent.</summary>
internal sealed record AgentLine(string User, AgentStage Stage, TimeSpan Since, int Answered, int Missed);

/// <summary>A moment of the run, from the tally.</summary>
internal sealed record Snapshot(
    TimeSpan Elapsed, TimeSpan Left, bool Away, int Calls, int Live, int InMenu, int Faults, IReadOnlyList<QueueLine> Queues, IReadOnlyList<AgentLine> Agents)
{
    public static Snapshot Of(Simulation run, DateTimeOffset now)
    {
        var calls = run.Tally.Calls;
        var queues = from tenant in run.Demo.Tenants
                     from queue in tenant.Queues
                     let own = calls.Where(c => c.Queue == queue.Id).ToList()
                     where own.Count > 0
                     select LineOf(tenant.Name, queue.Name, own, now);
        var agents = run.Tally.Agents.Select(a => new AgentLine(
            a.User, a.Stage, now - a.StageSince, a.Offers.Count(o => o.Answered), a.Offers.Count(o => !o.Answered && o.Wire.EndedAt is not null)));
        var left = run.CallsUntil > now ? run.CallsUntil - now : TimeSpan.Zero;
        return new Snapshot(
            now - run.StartedAt, left, run.IsAway, calls.Count, calls.Count(c => c.Stage != Stage.Over), calls.Count(c => c.Stage is Stage.Ringing or Stage.Menu),
            run.Tally.Faults.Count, [.. queues], [.. agents]);
    }

    private static QueueLine LineOf(string tenant, string queue, List<CallRecord> calls, DateTimeOffset now)
    {
        var waiting = calls.Where(c => c.Stage == Stage.Queue).ToList();
        return new QueueLine(
            tenant, queue, calls.Count, waiting.Count, waiting.Count == 0 ? TimeSpan.Zero : now - waiting.Min(c => c.StageSince),
            calls.Count(c => c.Stage == Stage.Talk), calls.Count(c => c.VoiceHeardAt is not null || c.Stage == Stage.Talk),
            calls.Count(c => c is { Stage: Stage.Over, VoiceHeardAt: null }));
    }
}
