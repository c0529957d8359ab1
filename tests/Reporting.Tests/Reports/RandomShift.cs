using CallCenter.Contracts.Routing;
using CallCenter.Reporting.Tests.Contacts;
using CallCenter.Reporting.Tests.Facts;

namespace CallCenter.Reporting.Tests.Reports;

/// <summary>A stretch of an agent's time as it was played; the present one has no end. Milliseconds from <see cref="Script.Start"/>.</summary>
internal sealed record TrueStretch(Guid Agent, AgentStatus Status, AgentState State, Guid? Tenant, long From, long? To, string? Team)
{
    /// <summary>The present one goes up to now.</summary>
    public long Until(long now) => To ?? now;

    public bool IsWork => State is AgentState.Talking or AgentState.Hold or AgentState.Consulting or AgentState.WrapUp;

    public bool IsLoggedIn => Status != AgentStatus.LoggedOut || IsWork;
}

/// <summary>Plays an agent's random changes and keeps a tally of its own. A change often comes a little before the one before it, by another clock.</summary>
internal sealed class RandomShift
{
    private static readonly AgentState[] States = Enum.GetValues<AgentState>();
    public static readonly string?[] Teams = [null, "North", "South"];

    private static readonly AgentStatus[] Statuses = Enum.GetValues<AgentStatus>();

    public required Shift Shift { get; init; }

    public required IReadOnlyList<TrueStretch> Stretches { get; init; }

    public static RandomShift Play(Guid agent, Guid[] tenants, long start, long end, Random random)
    {
        var (shift, stretches, at) = (new Shift(agent), new List<TrueStretch>(), start);
        for (var last = (Status: AgentStatus.LoggedOut, State: AgentState.Idle, Tenant: (Guid?)null, Team: (string?)null, Since: (long?)null); at < end;)
        {
            var told = last.Since is { } since && random.Next(5) == 0 ? since - random.Next(0, 50) : at;
            var (status, state, tenant, team) = (last.Status, last.State, last.Tenant, last.Team);
            if (random.Next(8) == 0)
            {
                team = Teams[random.Next(Teams.Length)];
                shift.Team(told, team);
            }
            else if (random.Next(4) == 0)
            {
                status = Statuses[random.Next(Statuses.Length)];
                shift.Status(told, status);
            }
            else
            {
                state = States[random.Next(States.Length)];
                tenant = state is AgentState.Idle or AgentState.Unreachable ? null : tenants[random.Next(tenants.Length)];
                shift.State(told, state, tenant);
            }

            var from = Math.Max(told, last.Since ?? told);
            if (last.Since is { } begun)
            {
                stretches.Add(new TrueStretch(agent, last.Status, last.State, last.Tenant, begun, from, last.Team));
            }

            last = (status, state, tenant, team, from);
            at = from + random.Next(1, random.Next(20) == 0 ? 8_000_000 : 300_000);
            if (at >= end)
            {
                stretches.Add(new TrueStretch(agent, status, state, tenant, from, null, team));
            }
        }

        return new RandomShift { Shift = shift, Stretches = stretches };
    }
}
