using CallCenter.EndToEnd;
using CallCenter.TestKit;
using CallCenter.TestKit.Running;

namespace CallCenter.Fleet.Tests;

/// <summary>Parts of the house are away while callers talk and wait: the table of docs/reliability.md, each row once with 10 s and 10 live calls.</summary>
[Trait("needs", "server")]
public sealed class OutageTests(CentreFixture fixture)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10), Settled = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("routing", "killed", "+358911000101")]
    [InlineData("rabbitmq", "killed", "+358911000102")]
    [InlineData("rabbitmq", "frozen", "+358911000103")]
    [InlineData("postgres", "killed", "+358911000104")]
    [InlineData("ivr crm recording reporting tenancy desk-1", "killed", "+358911000105")]
    public async Task What_is_away_ends_no_call_and_loses_nothing(string members, string how, string number)
    {
        var center = await fixture.Center();
        await using var outage = await Outage.Begin(center, "away", number, talking: 8, waiting: 2);
        await outage.Of(members.Split(' '), how, Away);
        await outage.EveryCallIsWhole();
        TestContext.Current.TestOutputHelper?.WriteLine(outage.ToString());
    }

    [Fact]
    public async Task An_upgrade_of_each_service_in_turn_ends_no_call()
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        await using var outage = await Outage.Begin(center, "upgraded", "+358911000106", talking: 8, waiting: 2);
        foreach (var member in (await fleet.Members()).Where(m => m.Address is not null && !m.Name.StartsWith("telephony", StringComparison.Ordinal)))
        {
            await fleet.Restart(member.Name);
            await fleet.AllWell(Settled);
        }
        await outage.EveryCallIsWhole();
    }

    [Fact]
    public async Task A_killed_gateway_ends_its_own_calls_and_leaves_nobody_stuck()
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        var tenant = await TestTenant.Make(center, "gatewaykilled", "+358911000107", agents: 8);
        await using var live = await LiveCalls.Begin(center, tenant, waiting: 2);

        var from = TimeProvider.System.GetTimestamp();
        await fleet.Kill("telephony", TimeSpan.Zero);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var ended = await Eventually.Get("every contact ended", Settled, () => tenant.Contacts(supervisor), all => all.Count == 10 && all.All(c => c.EndedAt is not null));
        var decided = TimeProvider.System.GetElapsedTime(from);
        foreach (var item in ended)
        {
            var contact = await supervisor.Contact(item.Id);
            contact.ShouldAddUp();
            contact.Termination.ShouldBe(live.Talking.Contains(contact.Caller) ? "Completed" : "Failed(gateway, ours)", contact.Caller);
        }
        await Eventually.Get(
            "every agent at rest", Settled, supervisor.Agents, all => all.Where(a => a.User.StartsWith("gatewaykilled-", StringComparison.Ordinal)).All(a => a.State is "Idle" or "Unreachable"));
        await fleet.AllWell(Settled);
        TestContext.Current.TestOutputHelper?.WriteLine($"gateway killed and started again at once: all 10 terminations known {decided.TotalSeconds:0.0} s after the kill");
    }
}
