using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Leading;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace CallCenter.Routing.Events;

/// <summary>Events of other services go to the grain that they are about; its commit holds the position too.</summary>
internal sealed class RoutingEvents(
    IGrainFactory grains, RoutingStore store, LeaderFence leader, [FromKeyedServices(RoutingService.Name)] ServiceDatabase database) : IEventStore
{
    public Task<long> Position(Guid tenant, Guid stream, string source, CancellationToken ct) => store.Position(tenant, stream, source, ct);

    public Task Apply(IReadOnlyList<DomainEvent> events, CancellationToken ct) => events[0] switch
    {
        ContactEvent e => ApplyDurably(grains.GetGrain<IContactGrain>(Keys.OfTenant(e.Tenant, e.Stream)), [.. events.Select(EventMessage.Of)]),
        AgentEvent e => grains.GetGrain<IAgentGrain>(e.Stream.ToString()).Apply([.. events.Select(EventMessage.Of)]),
        var e => throw new InvalidOperationException($"{e.GetType().Name} is about neither a contact nor an agent."),
    };

    private async Task ApplyDurably(IContactGrain contact, List<EventMessage> messages) => await store.Settled(await contact.Apply(messages));

    public async Task Park(DomainEvent e, string error, CancellationToken ct)
    {
        await database.InTenant(e.Tenant, async (connection, transaction) =>
        {
            await leader.Require(connection, transaction, ct);
            await DeadEvents.Add(connection, transaction, e, error, ct);
        }, ct);
        await store.Commit(new Change([], [], Position: Routing.Position.Of(e)));
    }
}

/// <summary>Gateways by the bus.</summary>
internal sealed class BusGateways(GatewayCommands commands) : IGateways
{
    public Task<Contracts.Telephony.CommandResult> Send(Contracts.Telephony.CallCommand command) => commands.Send(command, CancellationToken.None);
}
