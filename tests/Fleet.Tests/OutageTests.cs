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

    [Theory]
    [InlineData("telephony-1", "+358911000110")]
    [InlineData("telephony-2", "+358911000111")]
    public async Task An_upgraded_gateway_lets_its_calls_end_and_new_ones_go_to_the_other(string gateway, string number)
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        await using var outage = await Outage.Begin(center, "drained", number, talking: 8, waiting: 2, arrivalsPerSecond: 2);
        var before = (await fleet.Members()).Single(m => m.Name == gateway).ProcessId;
        var upgrade = fleet.Restart(gateway);
        await Eventually.Get("it drains", Settled, fleet.Members, all => all.Single(m => m.Name == gateway) is { State: "not ready" } member && member.ProcessId == before);
        await LiveCalls.GoOn(TimeSpan.FromSeconds(5));
        upgrade.IsCompleted.ShouldBeFalse("its calls go on");
        await outage.EveryCallIsWhole();
        await upgrade;
        await fleet.AllWell(Settled);
        TestContext.Current.TestOutputHelper?.WriteLine($"{gateway} upgraded{outage}");
    }

    [Fact]
    public async Task A_killed_gateway_ends_its_own_calls_and_no_other_and_leaves_nobody_stuck()
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        var tenant = await TestTenant.Make(center, "gatewaykilled", "+358911000107", agents: 8);
        await using var live = await LiveCalls.Begin(center, tenant, waiting: 2);

        var from = TimeProvider.System.GetTimestamp();
        await fleet.Kill("telephony-1", TimeSpan.Zero);
        await using var another = await live.CallMeanwhile(tenant.Number, "+358404000007");
        var taken = TimeProvider.System.GetElapsedTime(from);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var ended = await Eventually.Get("the contacts of that gateway ended", Settled, () => EndedGateway(supervisor), all => all.Count > 0);
        var decided = TimeProvider.System.GetElapsedTime(from);
        foreach (var contact in ended)
        {
            contact.ShouldAddUp();
            contact.Termination.ShouldBe(live.Talking.Contains(contact.Caller) ? "Completed" : "Failed(gateway, ours)", contact.Caller);
        }
        ended.Count.ShouldBeLessThan(live.Calls.Count, "the other gateway has calls too");
        await fleet.AllWell(Settled);
        await live.EveryTalkIsHeardBut(ended.Select(e => e.Caller), Settled);
        await Eventually.Get(
            "every agent at rest or talking", Settled, supervisor.Agents,
            all => all.Where(a => a.User.StartsWith("gatewaykilled-", StringComparison.Ordinal)).All(a => a.State is "Idle" or "Talking"));
        live.HangUpTalks();
        live.HangUpWaiters();
        another.HangUp();
        await Eventually.Get("every contact ended", Settled, () => tenant.Contacts(supervisor), all => all.Count == live.Calls.Count + 1 && all.All(c => c.EndedAt is not null));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"one gateway of two killed and started again at once: {ended.Count} of {live.Calls.Count} calls ended, their terminations known {decided.TotalSeconds:0.0} s after the kill, a new caller answered after {taken.TotalSeconds:0.0} s");

        // Of the gateway that has ended contacts all, once all of its have ended; nobody has hung up.
        async Task<List<ContactDetail>> EndedGateway(Api api)
        {
            var all = await Task.WhenAll((await tenant.Contacts(api)).Where(c => live.Talking.Contains(c.Caller) || live.Waiting.Contains(c.Caller)).Select(c => api.Contact(c.Id)));
            var dead = all.Where(c => c.EndedAt is not null).Select(Gateway).Distinct().SingleOrDefault();
            var its = all.Where(c => Gateway(c) == dead).ToList();
            return its.All(c => c.EndedAt is not null) ? its : [];
        }

        static string? Gateway(ContactDetail contact) => contact.Events.FirstOrDefault(e => e.Type == "CallArrived")?.Source;
    }
}
