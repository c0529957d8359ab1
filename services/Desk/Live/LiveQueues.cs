using CallCenter.Contracts;
using CallCenter.Desk.Owners;
using CallCenter.Desk.Push;

namespace CallCenter.Desk.Live;

/// <summary>Every queue as last read from Routing: what pops say of it, and the figures that are pushed when they change.</summary>
internal sealed class LiveQueues(Connections connections, LiveAgents agents, TimeProvider clock)
{
    private readonly Lock _sync = new();
    private readonly Dictionary<Guid, QueueMessage> _pushed = [];
    private Dictionary<Guid, QueueRead> _queues = [];
    private readonly Dictionary<Guid, TodayFigures> _today = [];

    /// <summary>When the figures were last read; null before the first time.</summary>
    public DateTimeOffset? AsOf { get; private set; }

    /// <summary>The queue's settings; null when it is not known.</summary>
    public QueueRead? Find(Guid queue)
    {
        lock (_sync)
        {
            return _queues.GetValueOrDefault(queue);
        }
    }

    /// <summary>Takes in what was read at that time.</summary>
    public void Take(IReadOnlyList<QueueRead> read, DateTimeOffset asOf)
    {
        lock (_sync)
        {
            _queues = read.ToDictionary(queue => queue.Id);
            AsOf = asOf;
        }
    }

    /// <summary>Takes in a tenant's figures since midnight, by queue; a queue that is not among them had no contact yet.</summary>
    public void Take(Guid tenant, IReadOnlyDictionary<Guid, TodayFigures> today)
    {
        lock (_sync)
        {
            foreach (var queue in _queues.Values.Where(queue => queue.Tenant == tenant))
            {
                _today[queue.Id] = today.GetValueOrDefault(queue.Id, TodayFigures.None);
            }
        }
    }

    /// <summary>Pushes the queues whose figures are not those that were pushed last.</summary>
    public void Publish()
    {
        lock (_sync)
        {
            foreach (var message in Messages())
            {
                if (!_pushed.TryGetValue(message.Id, out var last) || last != message with { At = last.At })
                {
                    _pushed[message.Id] = message;
                    connections.Send(Outgoing.Of(message));
                }
            }

            foreach (var gone in _pushed.Keys.Except(_queues.Keys).ToList())
            {
                _pushed.Remove(gone);
            }
        }
    }

    /// <summary>All queues as they are now, by name.</summary>
    public IReadOnlyList<QueueMessage> All()
    {
        lock (_sync)
        {
            return [.. Messages().OrderBy(message => message.Name, StringComparer.Ordinal)];
        }
    }

    private IEnumerable<QueueMessage> Messages()
    {
        var (counts, now) = (agents.Counts(), clock.Now());
        return _queues.Values.Select(queue => new QueueMessage(
            queue.Id, queue.Tenant, queue.Name, queue.Waiting, queue.LongestWaitSince, queue.ServiceLevel,
            counts.GetValueOrDefault(queue.Id, AgentCounts.None), _today.GetValueOrDefault(queue.Id), now));
    }
}
