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
}

/// <summary>Notes the digit of each choice under its sequence and tells that a flow ended for each.</summary>
internal sealed class NoteTaker : IEventHandler
{
    public async Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct)
    {
        if (e is MenuChosen chosen)
        {
            await tx.Connection.ExecuteAsync("INSERT INTO notes (tenant, id, text) VALUES (@Tenant, @Sequence, @Digit)", new { e.Tenant, Sequence = (int)e.Sequence, chosen.Digit }, tx.Transaction);
            tx.Publish(new CallClosed { Tenant = e.Tenant, Stream = e.Stream });
        }
    }
}
