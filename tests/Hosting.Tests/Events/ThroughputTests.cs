using System.Diagnostics;
using CallCenter.Contracts.Ivr;
using Microsoft.AspNetCore.Builder;

namespace CallCenter.Hosting.Tests.Events;

[Trait("needs", "server")]
public sealed class ThroughputTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Contacts = 500, EventsEach = 20;
    private static readonly TimeSpan ProcessorMax = TimeSpan.FromMilliseconds(2);
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static void Add(WebApplicationBuilder builder)
    {
        builder.AddDatabase("sender", typeof(ThroughputTests).Assembly);
        builder.AddOutbox("sender");
        builder.AddDatabase("notes", typeof(ThroughputTests).Assembly);
        builder.AddInbox<Counter>("notes", EventCatalog.From("Ivr"));
        builder.AddDatabase("other", typeof(ThroughputTests).Assembly);
        builder.AddInbox<Counter>("other", EventCatalog.From("Ivr"));
    }

    [Fact]
    public async Task Events_flow_from_an_outbox_to_two_inboxes()
    {
        await using var host = await TestHost.Start(await postgres.NewConfiguration(), Add);
        var (database, outbox, counter) = (host.Get<ServiceDatabase>("sender"), host.Get<Outbox>("sender"), host.Get<Counter>());
        var streams = Enumerable.Range(0, Contacts).Select(_ => Guid.CreateVersion7()).ToList();
        var began = Stopwatch.GetTimestamp();
        var processor = Environment.CpuUsage.TotalTime;
        for (var round = 0; round < EventsEach; round++)
        {
            foreach (var some in streams.Chunk(250))
            {
                DomainEvent[] events = [.. some.Select(s => new MenuChosen("main", "1") { Tenant = Tenant, Stream = s })];
                outbox.Committed(await database.InTenant(Tenant, (c, t) => outbox.Publish(c, t, events, Ct), Ct));
            }
        }
        await Eventually.Be(() => counter.Seen == 2 * Contacts * EventsEach, TimeSpan.FromSeconds(60));
        var perSecond = Contacts * EventsEach / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var each = (Environment.CpuUsage.TotalTime - processor) / (Contacts * EventsEach);
        output.WriteLine($"{perSecond:0} events/s, each applied by two services; {each.TotalMicroseconds:0} us of processor an event");
        // Wall time depends on what else runs; a processor's time hardly does.
        each.ShouldBeLessThan(ProcessorMax);
    }

    private sealed class Counter : IEventHandler
    {
        private int _seen;

        public int Seen => Volatile.Read(ref _seen);

        public Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct)
        {
            Interlocked.Increment(ref _seen);
            return Task.CompletedTask;
        }
    }
}
