using System.Net;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;

namespace CallCenter.EndToEnd;

/// <summary>An agent's conversation steered from the desk, with a SIP phone on the line.</summary>
[Trait("needs", "server")]
public sealed class DeskTests(CentreFixture fixture)
{
    private const double HoldTune = 261.6;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_desk_holds_retrieves_and_hangs_up_and_the_sums_are_exact()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "desk", "+358100710", agents: 1);
        await using var agent = await AgentAtWork.Begin(center, tenant.Agents[0]);
        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon, TestContext.Current.CancellationToken);
        call.Audio.Press('1');
        await call.Audio.Hears(1000, Soon);
        await agent.Is("Available", "Talking", Soon);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var contact = (await tenant.Contacts(supervisor)).ShouldHaveSingleItem().Id;

        (await Desk(agent, "retrieve", contact)).ShouldBe(HttpStatusCode.Accepted, "what is so already changes nothing");
        (await Desk(agent, "hold", contact)).ShouldBe(HttpStatusCode.Accepted);
        await call.Audio.Hears(HoldTune, Soon);
        await agent.Is("Available", "Hold", Soon);
        (await Desk(agent, "hold", contact)).ShouldBe(HttpStatusCode.Accepted, "what is so already changes nothing");
        (await Desk(agent, "retrieve", contact)).ShouldBe(HttpStatusCode.Accepted);
        await call.Audio.Hears(1000, Soon);
        await agent.Is("Available", "Talking", Soon);
        (await Desk(agent, "hang-up", contact)).ShouldBe(HttpStatusCode.Accepted);
        await call.WhenEnded(Soon);
        await agent.Is("Available", "Idle", Soon);

        var ended = await Eventually.Get("the contact ended", Soon, () => supervisor.Contact(contact), c => c.EndedAt is not null);
        ended.Termination.ShouldBe("Completed");
        ended.ShouldAddUp();
        var (caller, agents) = (ended.Legs.Single(l => l.Role == "Caller"), ended.Legs.Single(l => l.Role == "Agent"));
        agents.Phase("hold").ShouldBeGreaterThan(0);
        agents.Phase("wrapUp").ShouldBeInRange(1000, 1500);
        (caller.Phase("talk"), caller.Phase("hold")).ShouldBe((agents.Phase("talk"), agents.Phase("hold")));
        ended.Events.Where(e => e.Type is "CallHeld" or "CallResumed").Select(e => e.Type).ShouldBe(["CallHeld", "CallResumed"]);
    }

    private static Task<HttpStatusCode> Desk(AgentAtWork agent, string what, Guid contact) =>
        agent.Api.Status(HttpMethod.Post, $"/api/agents/{agent.Id}/{what}", new { contact });
}
