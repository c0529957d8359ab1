using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>One trace follows a contact from the INVITE to its row in the history.</summary>
[Trait("needs", "server")]
public sealed class TraceTests(CentreFixture fixture)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_contact_is_one_trace_over_every_service()
    {
        var center = await fixture.Center();
        var traces = await fixture.Traces();
        var tenant = await TestTenant.Make(center, "traced", "+358911000006", agents: 1);
        var contact = await OneCall(center, tenant);

        var spans = await Eventually.Get(
            "the contact's spans", Soon, () => Task.FromResult(traces.Spans.Where(s => s.Tags.Values.Contains($"{contact}")).ToList()),
            found => Services.All(service => found.Any(s => s.Scope == service)));

        var trace = spans.Select(s => s.TraceId).Distinct().ShouldHaveSingleItem();
        TestContext.Current.TestOutputHelper?.WriteLine(traces.Tree(trace));
    }

    /// <summary>Names of the activity sources that must have said something about the contact.</summary>
    private static IReadOnlyList<string> Services { get; } =
        ["CallCenter.Telephony", "CallCenter.Ivr", "CallCenter.Routing", "CallCenter.Recording", "CallCenter.Reporting"];

    private static async Task<Guid> OneCall(RunningCenter center, TestTenant tenant)
    {
        await using var agent = await AgentAtWork.Begin(center, tenant.Agents[0]);
        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon);
        call.Audio.Press('1');
        await call.Audio.Hears(1000, Soon);
        call.HangUp();
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var ended = await Eventually.Get(
            "the contact ended", Soon, () => tenant.Contacts(supervisor), all => all.Count == 1 && all[0].EndedAt is not null && all[0].Recordings.Count == 1);
        return ended[0].Id;
    }
}
