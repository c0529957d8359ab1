using System.Net;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>Two agents and a caller by the desk's own calls: consult, conference, attended transfer, and blind back to the queue.</summary>
[Trait("needs", "server")]
public sealed class TransferTests(CentreFixture fixture)
{
    private const double First = 1000, Second = 1700, HoldTune = 261.6;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_caller_is_asked_about_shared_and_handed_on_and_every_leg_adds_up()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "siirto", "+358100720", agents: 2);
        await using var agent = await AgentAtWork.Begin(center, tenant.Agents[0], First);
        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon, TestContext.Current.CancellationToken);
        call.Audio.Press('1');
        await call.Audio.Hears(First, Soon);
        await agent.Is("Available", "Talking", Soon);
        await using var colleague = await AgentAtWork.Begin(center, tenant.Agents[1], Second);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var contact = (await tenant.Contacts(supervisor)).ShouldHaveSingleItem().Id;

        await Desk(agent, "consult", new { contact, to = new { agent = colleague.Id } });
        await Task.WhenAll(call.Audio.Hears(HoldTune, Soon), agent.Is("Available", "Consulting", Soon), colleague.Is("Available", "Consulting", Soon));
        await Desk(agent, "conference", new { contact });
        await Task.WhenAll(agent.Is("Available", "Talking", Soon), colleague.Is("Available", "Talking", Soon));
        await Desk(agent, "complete", new { contact });
        await call.Audio.Hears(Second, Soon);
        await agent.Is("Available", "Idle", Soon);

        await Desk(colleague, "transfer", new { contact, to = new { queue = tenant.Queue } });
        await call.Audio.Hears(First, Soon);
        await agent.Is("Available", "Talking", Soon);
        call.HangUp();

        var ended = await Eventually.Get("the contact ended", Soon, () => supervisor.Contact(contact), c => c.EndedAt is not null);
        ended.Termination.ShouldBe("Completed");
        ended.ShouldAddUp();
        var legs = ended.Legs.Where(leg => leg.Role == "Agent").ToList();
        legs.Select(leg => leg.User).ShouldBe([$"{agent.Id}", $"{colleague.Id}", $"{agent.Id}"]);
        legs.Select(leg => leg.Outcome).ToList()[..2].ShouldBe(["Transferred", "Transferred"]);
        legs.ShouldAllBe(leg => leg.Phase("wrapUp") > 0);
        legs[..2].ShouldAllBe(leg => leg.Phase("consult") > 0);
        ended.Legs.Single(leg => leg.Role == "Caller").Phase("hold").ShouldBe(legs[0].Phase("consult"));
        ended.Events.Count(e => e.Type == "ContactEnded").ShouldBe(1);
    }

    private static async Task Desk(AgentAtWork agent, string what, object body) =>
        (await agent.Api.Status(HttpMethod.Post, $"/api/agents/{agent.Id}/{what}", body)).ShouldBe(HttpStatusCode.Accepted, what);
}
