using CallCenter.RoutingNode;

namespace CallCenter.Routing.Tests.Standby;

/// <summary>The way of other services' events to whoever leads, as their spool and the broker have it: an event is kept until a node has applied it, and goes to each new leader in order.</summary>
internal sealed class SpooledEvents
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, DomainEvent> open = [];
    private readonly Dictionary<Guid, long> numbers = [];
    private readonly List<RoutingWire> nodes = [];
    private RoutingWire? leader;
    private long last;

    /// <summary>Every event goes to all nodes, those that stand by too.</summary>
    public bool ToAll { get; init; }

    /// <summary>Not applied yet.</summary>
    public int Open
    {
        get
        {
            lock (gate)
            {
                return open.Count;
            }
        }
    }

    public void Add(RoutingWire node)
    {
        lock (gate)
        {
            nodes.Add(node);
        }
    }

    public void Remove(RoutingWire node)
    {
        lock (gate)
        {
            nodes.Remove(node);
            leader = leader == node ? null : leader;
        }
    }

    public void Send(DomainEvent e)
    {
        lock (gate)
        {
            numbers[e.EventId] = ++last;
            open[last] = e;
            foreach (var node in nodes.Where(node => ToAll || node == leader))
            {
                node.Send(e);
            }
        }
    }

    public void Applied(Guid eventId)
    {
        lock (gate)
        {
            if (numbers.Remove(eventId, out var number))
            {
                open.Remove(number);
            }
        }
    }

    public void Leads(RoutingWire node)
    {
        lock (gate)
        {
            leader = node;
            foreach (var e in open.Values)
            {
                node.Send(e);
            }
        }
    }
}
