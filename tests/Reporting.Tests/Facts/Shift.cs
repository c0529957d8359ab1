using CallCenter.Contracts.Routing;
using CallCenter.Reporting.Tests.Api;
using CallCenter.Reporting.Tests.Contacts;

namespace CallCenter.Reporting.Tests.Facts;

/// <summary>Writes an agent's changes as Routing would, times in milliseconds from <see cref="Script.Start"/>.</summary>
internal sealed class Shift(Guid agent)
{
    private readonly List<AgentChanged> _events = [];
    private AgentSnapshot _current = new(AgentStatus.LoggedOut, null, Script.Start, AgentState.Idle, Script.Start, null, null);

    public IReadOnlyList<AgentChanged> Events => _events;

    public Shift Status(long at, AgentStatus status) => To(at, _current with { Status = status, StatusSince = Script.Start.AddMilliseconds(at) });

    /// <summary>The state; with a contact's tenant while a contact owns it.</summary>
    public Shift State(long at, AgentState state, Guid? tenant = null) => To(at, _current with
    {
        State = state, StateSince = Script.Start.AddMilliseconds(at), ContactTenant = tenant, Contact = tenant is null ? null : Script.Id(1),
    });

    /// <summary>A move; null to none.</summary>
    public Shift Team(long at, string? team) => To(at, _current with { Team = team });

    private Shift To(long at, AgentSnapshot next)
    {
        _events.Add(new AgentChanged(_current, next, "test", "rule")
        {
            EventId = Guid.CreateVersion7(Script.Start.AddMilliseconds(at)), Tenant = ReportingHost.Operator, Stream = agent,
            Source = "routing", Sequence = _events.Count + 1, OccurredAt = Script.Start.AddMilliseconds(at),
        });
        _current = next;
        return this;
    }
}
