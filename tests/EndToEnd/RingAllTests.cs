using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>A queue that rings all: two phones ring for one caller.</summary>
[Trait("needs", "server")]
public sealed class RingAllTests(CentreFixture fixture)
{
    private const double Second = 1700;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task One_answers_and_the_other_stops_ringing_and_has_missed_nothing()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "kaikki", "+358100730", agents: 2, offerTimeoutSeconds: 30);
        using var administrator = await center.SignInAs("administrator");
        await administrator.Put($"/api/queues/{tenant.Queue}", new { tenant = tenant.Id, name = "Jono", wrapUpSeconds = 1, offerTimeoutSeconds = 30, strategy = "RingAll" });
        await using var first = await AgentAtWork.Begin(center, tenant.Agents[0], whenRinging: WhenRinging.Ring);
        await using var second = await AgentAtWork.Begin(center, tenant.Agents[1], Second, WhenRinging.Ring);
        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon, TestContext.Current.CancellationToken);
        call.Audio.Press('1');
        var rings = await Task.WhenAll(first.Phone.NextCall(Soon), second.Phone.NextCall(Soon));
        rings[1].Accept();
        await Task.WhenAll(call.Audio.Hears(Second, Soon), rings[0].WhenEnded(Soon), first.Is("Available", "Idle", Soon), second.Is("Available", "Talking", Soon));
        call.HangUp();

        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var ended = await Eventually.Get("the contact ended", Soon, () => tenant.Contacts(supervisor), all => all.Count == 1 && all[0].EndedAt is not null);
        var detail = await supervisor.Contact(ended[0].Id);
        detail.ShouldAddUp();
        detail.Legs.Where(leg => leg.Role == "Agent").ToDictionary(leg => leg.User!, leg => leg.Outcome)
            .ShouldBe(new Dictionary<string, string?> { [$"{first.Id}"] = "AnsweredElsewhere", [$"{second.Id}"] = "Ended" }, ignoreOrder: true);
    }
}
