using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Hosting;

namespace CallCenter.RoutingNode;

/// <summary>Brings events to the bus, those of a stream one after the other, as their spool does.</summary>
internal sealed class BusLanes
{
    private const int Lanes = 8;

    private readonly Channel<DomainEvent>[] lanes;

    public BusLanes(EventBus bus)
    {
        lanes = [.. Enumerable.Range(0, Lanes).Select(_ => Channel.CreateUnbounded<DomainEvent>(new UnboundedChannelOptions { SingleReader = true }))];
        foreach (var lane in lanes)
        {
            _ = Run(lane.Reader, bus);
        }
    }

    public void Publish(DomainEvent e) => lanes[(uint)e.Stream.GetHashCode() % Lanes].Writer.TryWrite(e);

    private static async Task Run(ChannelReader<DomainEvent> events, EventBus bus)
    {
        await foreach (var e in events.ReadAllAsync())
        {
            await bus.Publish(e, CancellationToken.None);
        }
    }
}
