using CallCenter.Contracts;
using CallCenter.Hosting;

namespace CallCenter.Telephony.Tests.Running;

/// <summary>Keeps the events that the gateway publishes; a test waits for the one it means.</summary>
internal sealed class EventLog : ITransientHandler
{
    private readonly Lock gate = new();
    private readonly List<DomainEvent> events = [];
    private readonly List<(Func<DomainEvent, bool> Wanted, TaskCompletionSource<DomainEvent> Found)> waiting = [];

    public IReadOnlyList<DomainEvent> All
    {
        get
        {
            lock (gate)
            {
                return [.. events];
            }
        }
    }

    /// <inheritdoc/>
    public Task Handle(object message, CancellationToken ct)
    {
        var e = (DomainEvent)message;
        lock (gate)
        {
            events.Add(e);
            foreach (var waiter in waiting.Where(w => w.Wanted(e)).ToList())
            {
                waiting.Remove(waiter);
                waiter.Found.SetResult(e);
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>The first event of the type, of that stream, that satisfies; waits for it.</summary>
    public async Task<T> Next<T>(Guid? stream = null, Func<T, bool>? where = null, TimeSpan? within = null) where T : DomainEvent
    {
        bool Wanted(DomainEvent e) => e is T t && (stream is null || e.Stream == stream) && (where is null || where(t));
        var found = new TaskCompletionSource<DomainEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (events.Find(Wanted) is { } already)
            {
                return (T)already;
            }
            waiting.Add((Wanted, found));
        }
        try
        {
            return (T)await found.Task.WaitAsync(within ?? RunningGateway.Soon);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"no {typeof(T).Name} came; of the stream there are: {string.Join(", ", Of(stream ?? Guid.Empty).Select(e => e.GetType().Name))}");
        }
    }

    /// <summary>A stream's events in order, each once.</summary>
    public IReadOnlyList<DomainEvent> Of(Guid stream) =>
        [.. All.Where(e => e.Stream == stream).DistinctBy(e => (e.Source, e.Sequence)).OrderBy(e => e.Sequence)];

    /// <summary>Waits for CallClosed and checks the whole stream: dense, one source, one final event, each leg ended once. Gives the names, but for SpeechMeasured, which comes before or after the end of a recording.</summary>
    public async Task<string[]> Whole(Guid contact, TimeSpan? within = null)
    {
        var closed = await Next<Contracts.Telephony.CallClosed>(contact, null, within);
        await TestKit.Eventually.Be(() => Of(contact).Count >= closed.Sequence);
        var told = Of(contact);
        told.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, told.Count).Select(n => (long)n));
        told.Select(e => e.Source).Distinct().Count().ShouldBe(1);
        told.Count(e => e.Final).ShouldBe(1);
        told[^1].Final.ShouldBeTrue();
        told.Select(e => e.OccurredAt).ShouldBeInOrder(SortDirection.Ascending);
        told.OfType<ContactEvent>().Where(e => e is Contracts.Telephony.LegEnded or Contracts.Telephony.LegRefused).Select(e => e.Leg).ShouldBeUnique();
        return [.. told.Where(e => e is not Contracts.Telephony.SpeechMeasured).Select(e => e.GetType().Name)];
    }
}
