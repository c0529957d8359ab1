using CallCenter.Routing.Contacts;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>What is kept of contacts that ended goes after a time; what is open stays.</summary>
[Trait("needs", "server")]
public class EndedContactsTests(PostgresFixture postgres)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Only_ended_contacts_that_are_old_enough_are_dropped()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration());
        var queue = await host.AddQueue();
        var ended = await (await host.NewCall().Arrive()).Queue(queue);
        await ended.HangUp();
        await ended.Ended();
        var waiting = await (await host.NewCall().Arrive()).Queue(queue);
        await Eventually.Be(async () => (await host.Figures(queue)).Single().Waiting == 1);
        var now = host.Clock.Now();

        (await host.EndedContacts.DropBefore(now - Day, ct)).ShouldBe(0, "both began today");
        (await host.Store.Find<ContactState>(StateTable.Contacts, RoutingHost.Tenant, ended.Id, ct)).ShouldNotBeNull();

        (await host.EndedContacts.DropBefore(now + Day, ct)).ShouldBe(1);
        (await host.Store.Find<ContactState>(StateTable.Contacts, RoutingHost.Tenant, ended.Id, ct)).ShouldBeNull();
        (await host.Store.Position(RoutingHost.Tenant, ended.Id, "ivr", ct)).ShouldBe(0);
        (await host.Store.Position(RoutingHost.Tenant, waiting.Id, "ivr", ct)).ShouldBe(2);
        var agent = await host.AddAgent(queue);
        (await waiting.Offered()).Agent.ShouldBe(agent.Id, "who waits has kept the place");
    }
}
