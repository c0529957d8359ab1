using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using Dapper;
using Microsoft.AspNetCore.Builder;

namespace CallCenter.Hosting.Tests.Events;

[Trait("needs", "server")]
public sealed class OutboxInboxTests(PostgresFixture postgres)
{
    private static readonly Guid Red = Guid.CreateVersion7(), Blue = Guid.CreateVersion7();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static void TwoServices(WebApplicationBuilder builder)
    {
        builder.AddDatabase("sender", typeof(OutboxInboxTests).Assembly);
        builder.AddOutbox("sender");
        builder.AddDatabase("notes", typeof(OutboxInboxTests).Assembly);
        builder.AddOutbox("notes");
        builder.AddInbox<NoteTaker>("notes", EventCatalog.From("Ivr"));
    }

    private static async Task<IReadOnlyList<DomainEvent>> Publish(TestHost host, Guid tenant, params DomainEvent[] events)
    {
        var outbox = host.Get<Outbox>("sender");
        var stamped = await host.Get<ServiceDatabase>("sender").InTenant(tenant, (c, t) => outbox.Publish(c, t, events, Ct), Ct);
        outbox.Committed(stamped);
        return stamped;
    }

    private static Task<List<(int Id, string Text)>> Notes(TestHost host, Guid tenant) => host.Get<ServiceDatabase>("notes").InTenant(tenant, async (c, t) =>
        (await c.QueryAsync<(int, string)>("SELECT id, text FROM notes ORDER BY id", transaction: t)).ToList(), Ct);

    // Asking may meet a connection that was cut, too.
    private static async Task<bool> Applied(TestHost host, int count)
    {
        try
        {
            return (await Notes(host, Red)).Count == count;
        }
        catch (Npgsql.NpgsqlException)
        {
            return false;
        }
    }

    private static Task<long> Unsent(TestHost host, string service) => host.Get<ServiceDatabase>(service).OperatorWide((c, t) =>
        c.ExecuteScalarAsync<long>("SELECT count(*) FROM outbox", transaction: t), Ct);

    [Fact]
    public async Task An_event_is_applied_once_and_its_row_goes()
    {
        await using var host = await TestHost.Start(await postgres.NewConfiguration(), TwoServices);
        var contact = Guid.CreateVersion7();
        var sent = await Publish(host, Red,
            new MenuChosen("main", "1") { Tenant = Red, Stream = contact },
            new MenuChosen("main", "2") { Tenant = Red, Stream = contact });
        sent.Select(e => e.Sequence).ShouldBe([1, 2]);

        await Eventually.Be(async () => (await Notes(host, Red)).Count == 2);
        (await Notes(host, Red)).ShouldBe([(1, "1"), (2, "2")]);
        (await Notes(host, Blue)).ShouldBeEmpty();
        await Eventually.Be(async () => await Unsent(host, "sender") == 0);
        await Eventually.Be(async () => await Unsent(host, "notes") == 0);
    }

    [Fact]
    public async Task What_was_committed_before_a_crash_is_sent_at_the_next_start()
    {
        var configuration = await postgres.NewConfiguration();
        var contact = Guid.CreateVersion7();
        await using (var host = await TestHost.Start(configuration, TwoServices))
        {
            var outbox = host.Get<Outbox>("sender");
            DomainEvent[] events = [.. Enumerable.Range(1, 700).Select(_ => new MenuChosen("main", "1") { Tenant = Red, Stream = contact })];
            // A crash between commit and Committed.
            await host.Get<ServiceDatabase>("sender").InTenant(Red, (c, t) => outbox.Publish(c, t, events, Ct), Ct);
            (await Unsent(host, "sender")).ShouldBe(700);
        }
        await using var next = await TestHost.Start(configuration, TwoServices);
        await Eventually.Be(async () => (await Notes(next, Red)).Count == 700);
        (await Notes(next, Red)).Select(n => n.Id).ShouldBe(Enumerable.Range(1, 700));
        await Eventually.Be(async () => await Unsent(next, "sender") == 0);
    }

    [Fact]
    public async Task Repetitions_and_disorder_on_the_bus_change_nothing()
    {
        await using var host = await TestHost.Start(await postgres.NewConfiguration(), TwoServices);
        var seed = Random.Shared.Next();
        var events = Enumerable.Range(1, 40).Select(n => (DomainEvent)(new MenuChosen("main", $"{n}") { Tenant = Red, Stream = Red }).Stamped("ivr", n, TimeProvider.System)).ToArray();
        var arrivals = events.Concat(events).Concat(events).ToArray();
        new Random(seed).Shuffle(arrivals);
        var bus = host.Get<MassTransit.IBus>();
        await Task.WhenAll(arrivals.Select(e => bus.Publish(e, e.GetType(), Ct)));
        var delivered = events.Select(host.Get<DeliveryTracker>().Delivered).ToList();
        await Task.WhenAll(arrivals.Select(e => bus.Publish(e, e.GetType(), Ct)));

        await Task.WhenAll(delivered).WaitAsync(TimeSpan.FromSeconds(20), Ct);
        (await Notes(host, Red)).Select(n => n.Id).ShouldBe(Enumerable.Range(1, 40), $"seed {seed}");
    }

    [Fact]
    public async Task An_event_that_cannot_be_applied_is_parked_and_the_rest_goes_on()
    {
        await using var host = await TestHost.Start(await postgres.NewConfiguration(), TwoServices);
        var contact = Guid.CreateVersion7();
        await Publish(host, Red,
            new MenuChosen("main", "1") { Tenant = Red, Stream = contact },
            new MenuChosen(NoteTaker.Poison, "2") { Tenant = Red, Stream = contact },
            new MenuChosen("main", "3") { Tenant = Red, Stream = contact });

        await Eventually.Be(async () => (await Notes(host, Red)).Count == 2);
        (await Notes(host, Red)).ShouldBe([(1, "1"), (3, "3")]);
        var dead = await host.Get<ServiceDatabase>("notes").InTenant(Red, async (c, t) =>
            (await c.QueryAsync<(string Type, long Sequence, string Body, string Error)>("SELECT type, sequence, body, error FROM dead_events", transaction: t)).ToList(), Ct);
        var (type, sequence, text, error) = dead.ShouldHaveSingleItem();
        (type, sequence).ShouldBe((nameof(MenuChosen), 2));
        ((MenuChosen)EventCatalog.Read(type, text)).Digit.ShouldBe("2");
        error.ShouldContain("not to be applied");
        await Eventually.Be(async () => await Unsent(host, "sender") == 0);
    }

    [Fact]
    public async Task A_database_that_goes_away_delays_events_and_loses_none()
    {
        var configuration = await postgres.NewConfiguration();
        await using var host = await TestHost.Start(configuration, TwoServices);
        var contact = Guid.CreateVersion7();
        await using var administrator = new Npgsql.NpgsqlConnection(configuration["ConnectionStrings:Postgres"]);
        for (var round = 1; round <= 5; round++)
        {
            await Publish(host, Red, [.. Enumerable.Range(0, 50).Select(_ => new MenuChosen("main", "1") { Tenant = Red, Stream = contact })]);
            await administrator.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'callcenter_notes_run' AND datname = current_database()");
        }
        await Eventually.Be(() => Applied(host, 250), TimeSpan.FromSeconds(20));
        (await Notes(host, Red)).Select(n => n.Id).ShouldBe(Enumerable.Range(1, 250));
    }

    [Fact]
    public async Task An_event_without_a_tenant_or_foreign_is_refused()
    {
        await using var host = await TestHost.Start(await postgres.NewConfiguration(), TwoServices);
        await Should.ThrowAsync<ArgumentException>(() => Publish(host, Red, new MenuChosen("main", "1") { Stream = Red }));
        var foreign = new MenuChosen("main", "1") { Tenant = Red, Stream = Red }.Stamped("ivr", 1, TimeProvider.System);
        await Should.ThrowAsync<ArgumentException>(() => host.Get<ServiceDatabase>("sender").InTenant(Red, (c, t) => host.Get<Outbox>("sender").Add(c, t, [foreign], Ct), Ct));
        (await Unsent(host, "sender")).ShouldBe(0);
    }
}

/// <summary>Notes the digit of each choice under its sequence and tells that a flow ended for each.</summary>
internal sealed class NoteTaker : IEventHandler
{
    public const string Poison = "poison";

    public async Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct)
    {
        if (e is MenuChosen { Menu: Poison })
        {
            throw new InvalidOperationException("not to be applied");
        }
        if (e is MenuChosen chosen)
        {
            await tx.Connection.ExecuteAsync("INSERT INTO notes (tenant, id, text) VALUES (@Tenant, @Sequence, @Digit)", new { e.Tenant, Sequence = (int)e.Sequence, chosen.Digit }, tx.Transaction);
            tx.Publish(new CallClosed { Tenant = e.Tenant, Stream = e.Stream });
        }
    }
}
