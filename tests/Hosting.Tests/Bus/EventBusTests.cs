using System.Collections.Concurrent;
using CallCenter.Contracts.Ivr;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Hosting.Tests.Bus;

/// <summary>Endpoints of one process, without hosts and databases.</summary>
public sealed class EventBusTests
{
    private readonly Subscriptions _subscriptions = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static MenuChosen Event(long sequence) => new("main", "1")
    {
        EventId = Guid.CreateVersion7(), Tenant = Guid.CreateVersion7(), Stream = Guid.CreateVersion7(), Source = "ivr", Sequence = sequence,
    };

    private static Task InTime(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

    private void Subscribe(string queue, TakeMessage take) => _subscriptions.Add(new(queue, [typeof(MenuChosen)], HasInbox: true, 1, _ => take));

    private async Task<EventBus> Start()
    {
        var bus = new EventBus(_subscriptions, null!, road: null, NullLogger.Instance);
        await bus.StartAsync(Ct);
        return bus;
    }

    [Fact]
    public async Task An_endpoint_has_the_very_events_in_the_order_of_their_publishing()
    {
        var taken = new ConcurrentQueue<object>();
        Subscribe("one", (e, _) =>
        {
            taken.Enqueue(e);
            return Task.CompletedTask;
        });
        using var bus = await Start();
        var events = Enumerable.Range(1, 500).Select(n => Event(n)).ToList();
        foreach (var e in events)
        {
            await bus.Publish(e, Ct);
        }

        await bus.StopAsync(Ct);
        taken.Count.ShouldBe(500);
        taken.Zip(events).ShouldAllBe(pair => ReferenceEquals(pair.First, pair.Second));
    }

    [Fact]
    public async Task One_that_is_slow_or_fails_holds_up_no_other()
    {
        var (release, taken) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = 0;
        Subscribe("slow", async (_, _) =>
        {
            await release.Task;
            slow++;
        });
        Subscribe("failing", (_, _) => throw new InvalidOperationException("not taken"));
        Subscribe("good", (e, _) =>
        {
            if (((MenuChosen)e).Sequence == 3)
            {
                taken.SetResult();
            }

            return Task.CompletedTask;
        });
        using var bus = await Start();
        for (var n = 1; n <= 3; n++)
        {
            await bus.Publish(Event(n), Ct);
        }

        await InTime(taken.Task);
        slow.ShouldBe(0);
        release.SetResult();
        await bus.StopAsync(Ct);
        slow.ShouldBe(3);
    }

    [Fact]
    public async Task After_the_stop_nothing_is_taken()
    {
        var taken = 0;
        Subscribe("one", (_, _) =>
        {
            taken++;
            return Task.CompletedTask;
        });
        using var bus = await Start();
        await bus.StopAsync(Ct);
        await bus.Publish(Event(1), Ct);
        taken.ShouldBe(0);
    }
}
