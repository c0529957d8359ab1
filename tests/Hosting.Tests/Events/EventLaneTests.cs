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
        _deliveries = new(subscriptions);
        _endpoint = new("test.events", 1, _sink, _bus, _deliveries, _clock, NullLogger.Instance);
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

    private static Task In10s(Task task) => task.WaitAsync(TimeSpan.FromSeconds(10));

    [Fact]
    public async Task Any_order_of_arrival_is_applied_in_order_and_once()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var streams = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToList();
        var events = streams.SelectMany(s => Enumerable.Range(1, 20).Select(n => Event(s, n))).ToList();
        var arrivals = events.Concat(events).ToArray();
        random.Shuffle(arrivals);
        await In10s(Task.WhenAll(arrivals.Select(Take)));
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
        var taken = Take(second);
        await Eventually.Be(() => _clock.Armed > 0);
        delivered.IsCompleted.ShouldBeFalse();
        await In10s(Take(first));
        await In10s(taken);
        await In10s(delivered);
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
        await In10s(Take(Event(stream, 1)));
        var held = Take(Event(stream, 4));
        await Eventually.Be(() => _clock.Armed > 0);
        _clock.Advance(SourceOrder.Hold);
        await In10s(asked.Task);
        (await asked.Task).ShouldBe(new ResendEvents(Tenant, stream, "ivr", 2, 3));
        held.IsCompleted.ShouldBeFalse();
        await Eventually.Be(() => _clock.Armed > 0);
        _clock.Advance(SourceOrder.Answer);
        await In10s(held);
        _sink.Applied.Select(e => e.Sequence).ShouldBe([1, 4]);
    }

    [Fact]
    public async Task Too_many_waiting_for_one_stream_are_handed_back_undelivered()
    {
        var stream = Guid.CreateVersion7();
        var first = Event(stream, 2);
        var delivered = _deliveries.Delivered(first);
        var taken = new List<Task> { Take(first) };
        taken.AddRange(Enumerable.Range(3, 512).Select(n => Take(Event(stream, n))));
        await In10s(Task.WhenAll(taken));
        delivered.IsCompleted.ShouldBeFalse();
        _sink.Applied.ShouldBeEmpty();
    }

    [Fact]
    public async Task Positions_are_asked_of_the_sink_once_a_source()
    {
        var stream = Guid.CreateVersion7();
        _sink.Known[new(Tenant, stream, "ivr")] = 5;
        await In10s(Take(Event(stream, 5)));
        await In10s(Take(Event(stream, 6)));
        _sink.Applied.Select(e => e.Sequence).ShouldBe([6]);
        _sink.Asked.Count.ShouldBe(1);
    }

    private sealed class RememberingSink : IEventSink
    {
        public ConcurrentQueue<DomainEvent> Applied { get; } = [];

        public ConcurrentQueue<SourceKey> Asked { get; } = [];

        public Dictionary<SourceKey, long> Known { get; } = [];

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
