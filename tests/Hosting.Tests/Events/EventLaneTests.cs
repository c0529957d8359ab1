using System.Collections.Concurrent;
using CallCenter.Contracts.Ivr;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Hosting.Tests.Events;

/// <summary>An endpoint without bus and database: a sink that remembers, fake time.</summary>
public sealed class EventLaneTests : IAsyncLifetime
{
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private readonly FakeClock _clock = new();
    private readonly RememberingSink _sink = new();
    private readonly IBusControl _bus = MassTransit.Bus.Factory.CreateUsingInMemory(_ => { });
    private EventEndpoint _endpoint = null!;
    private DeliveryTracker _deliveries = null!;

    public async ValueTask InitializeAsync()
    {
        var subscriptions = new Subscriptions();
        subscriptions.Add(new("test.events", [typeof(MenuChosen)], HasInbox: true, 16, _ => _endpoint.Take));
        _deliveries = new(subscriptions.WithInbox);
        _endpoint = new("test.events", 1, _sink, broker: null, _bus, _deliveries, _clock, NullLogger.Instance);
        await _bus.StartAsync(TestContext.Current.CancellationToken);
        await _endpoint.StartAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await _endpoint.StopAsync(default);
        _endpoint.Dispose();
        await _bus.StopAsync();
    }

    private static MenuChosen Event(Guid stream, long sequence) => new("main", "1")
    {
        EventId = Guid.CreateVersion7(), Tenant = Tenant, Stream = stream, Source = "ivr", Sequence = sequence,
    };

    private Task Take(DomainEvent e) => _endpoint.Take(e, CancellationToken.None);

    private static Task InTime(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30));

    [Fact]
    public async Task Any_order_of_arrival_is_applied_in_order_and_once()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var streams = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToList();
        var events = streams.SelectMany(s => Enumerable.Range(1, 20).Select(n => Event(s, n))).ToList();
        var arrivals = events.Concat(events).ToArray();
        random.Shuffle(arrivals);
        var delivered = events.Select(_deliveries.Delivered).ToList();
        await InTime(Task.WhenAll(arrivals.Select(Take)));
        await InTime(Task.WhenAll(delivered));
        foreach (var stream in streams)
        {
            _sink.Applied.Where(e => e.Stream == stream).Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, 20).Select(n => (long)n), $"seed {seed}");
        }
    }

    [Fact]
    public async Task An_event_is_delivered_when_it_is_applied_and_not_before()
    {
        var stream = Guid.CreateVersion7();
        var (first, second) = (Event(stream, 1), Event(stream, 2));
        var delivered = _deliveries.Delivered(second);
        await Take(second);
        await Eventually.Be(() => _clock.Armed > 0);
        delivered.IsCompleted.ShouldBeFalse();
        await Take(first);
        await InTime(delivered);
    }

    [Fact]
    public async Task A_gap_is_asked_for_and_then_passed()
    {
        var stream = Guid.CreateVersion7();
        var asked = new TaskCompletionSource<ResendEvents>();
        _bus.ConnectReceiveEndpoint("asked", e => e.Handler<ResendEvents>(c =>
        {
            asked.TrySetResult(c.Message);
            return Task.CompletedTask;
        }));
        var fourth = Event(stream, 4);
        var delivered = _deliveries.Delivered(fourth);
        await Take(Event(stream, 1));
        await Take(fourth);
        await Eventually.Be(() => _clock.Armed > 0);
        _clock.Advance(SourceOrder.Hold);
        await InTime(asked.Task);
        (await asked.Task).ShouldBe(new ResendEvents(Tenant, stream, "ivr", 2, 3));
        delivered.IsCompleted.ShouldBeFalse();
        await Eventually.Be(() => _clock.Armed > 0);
        _clock.Advance(SourceOrder.Answer);
        await InTime(delivered);
        _sink.Applied.Select(e => e.Sequence).ShouldBe([1, 4]);
    }

    [Fact]
    public async Task Too_many_waiting_for_one_event_are_dropped_undelivered()
    {
        var stream = Guid.CreateVersion7();
        var dropped = Event(stream, 2);
        var delivered = _deliveries.Delivered(dropped);
        await Take(dropped);
        foreach (var n in Enumerable.Range(3, 512))
        {
            await Take(Event(stream, n));
        }
        // Sent again, with what was missing before it, it is applied.
        await Take(Event(stream, 1));
        await Eventually.Be(() => _sink.Applied.Count == 1);
        delivered.IsCompleted.ShouldBeFalse();
        await Take(dropped);
        await InTime(delivered);
        _sink.Applied.Select(e => e.Sequence).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Positions_are_asked_of_the_sink_once_a_source()
    {
        var stream = Guid.CreateVersion7();
        _sink.Known[new(Tenant, stream, "ivr")] = 5;
        await Take(Event(stream, 5));
        await Take(Event(stream, 6));
        await Eventually.Be(() => !_sink.Applied.IsEmpty);
        _sink.Applied.Select(e => e.Sequence).ShouldBe([6]);
        _sink.Asked.Count.ShouldBe(1);
    }

    private sealed class RememberingSink : IEventSink
    {
        public ConcurrentQueue<DomainEvent> Applied { get; } = [];

        public ConcurrentQueue<SourceKey> Asked { get; } = [];

        public Dictionary<SourceKey, long> Known { get; } = [];

        public TimeSpan Gather => TimeSpan.FromMilliseconds(4);

        public Task<IReadOnlyDictionary<SourceKey, long>> Positions(IReadOnlyList<SourceKey> sources, CancellationToken ct)
        {
            sources.ToList().ForEach(Asked.Enqueue);
            return Task.FromResult<IReadOnlyDictionary<SourceKey, long>>(Known);
        }

        public Task Apply(IReadOnlyList<DomainEvent> ready, CancellationToken ct)
        {
            ready.ToList().ForEach(Applied.Enqueue);
            return Task.CompletedTask;
        }
    }
}
