using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;

namespace CallCenter.Routing.Tests.Running;

/// <summary>An agent and its phone, as Telephony and the API tell of them.</summary>
internal sealed class TestAgent(RoutingHost host, Guid id)
{
    private long sequence;

    public Guid Id => id;

    private IAgentGrain Grain => host.Grains.GetGrain<IAgentGrain>(id.ToString());

    public TestAgent On(RoutingHost other) => new(other, id) { sequence = sequence };

    public Task Configure(Dictionary<string, int> skills, params Guid[] queues) => Grain.Configure(new AgentConfiguration(
        RoutingHost.Operator, "agent-" + id.ToString()[..8], "Aino", skills, [.. queues.Select(queue => new ProfileEntry(queue))], 0));

    public Task Reachable() => Apply(new DeviceReachable("gw", host.Clock.GetUtcNow().AddHours(1)));

    public Task Unreachable() => Apply(new DeviceUnreachable("unregistered"));

    public async Task Choose(AgentStatus status, string? reason = null) => (await Grain.Choose(status.ToString(), reason, "agent")).ShouldBeTrue();

    public async Task<AgentMessage> Read() => (await Grain.Read())!;

    public Task Is(AgentState state) => Eventually.Be(async () => (await Read()).State == state.ToString(), text: $"agent is {state}");

    private Task Apply(AgentEvent e) => host.Events.Apply([e with
    {
        EventId = Guid.CreateVersion7(), Tenant = RoutingHost.Operator, Stream = id, OccurredAt = host.Clock.Now(), Source = "telephony/t", Sequence = ++sequence,
    }], TestContext.Current.CancellationToken);
}
