using CallCenter.TestKit;
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
        var contact = (await OneTalk.Play(center, tenant)).Id;

        var ofContact = await Eventually.Get(
            "the contact's spans", Soon, () => Task.FromResult(traces.Spans.Where(s => s.Tags.Values.Contains($"{contact}")).ToList()),
            found => found.Any(s => s.Name == "record ContactEnded"));
        var trace = ofContact.Select(s => s.TraceId).Distinct().ShouldHaveSingleItem(
            string.Join("; ", ofContact.GroupBy(s => s.TraceId).Select(t => $"{t.Key}: {string.Join(", ", t.Select(s => s.Name).Take(12))}")));
        await Eventually.Get(
            "every step in the trace", Soon, () => Task.FromResult(Steps.Except(traces.Spans.Where(s => s.TraceId == trace).Select(s => s.Name)).ToList()),
            missing => missing.Count == 0);

        TestContext.Current.TestOutputHelper?.WriteLine(traces.Tree(trace));
    }

    /// <summary>What must be told of a contact, from the INVITE to the row of its end in the history.</summary>
    private static IReadOnlyList<string> Steps { get; } =
    [
        "call", "send CallArrived", "ivr apply CallArrived", "command TakeControl", "handle AnswerCall", "command Collect", "routing apply QueueRequested",
        "agent leg", "command ConnectAgent", "recording apply RecordingStarted", "record ContactEnded",
    ];
}
