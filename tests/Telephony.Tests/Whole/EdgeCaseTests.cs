using System.Diagnostics;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Recorder;
using CallCenter.Telephony.Tests.Running;
using CallCenter.Telephony.Trunks;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Several devices, vanished phones, TCP, a full disk, the trace.</summary>
[Trait("needs", "server")]
public sealed class EdgeCaseTests : IDisposable
{
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private readonly Setup setup = new();

    public void Dispose() => folder.Dispose();

    private Guid Agent => setup.Phones[0].Agent;

    private static async Task<CallArrived> Answered(RunningGateway gateway, PhoneCall outside)
    {
        var call = await gateway.Events.Next<CallArrived>();
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        await outside.WhenAnswered(Soon);
        return call;
    }

    [Fact]
    public async Task Every_device_of_the_agent_rings_and_the_first_that_answers_has_the_call()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup);
        await using var desk = await TestPhone.Register(gateway.Sip, "1001", "secret");
        await using var mobile = await TestPhone.Register(gateway.Sip, "1001", "secret");
        (desk.WhenRinging, mobile.WhenRinging) = (WhenRinging.Ring, WhenRinging.Ring);
        await using var caller = new TestCaller(gateway.Sip);
        await using var outside = caller.Call(RunningGateway.Number, tcp: true);
        var call = await Answered(gateway, outside);
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, Agent, 10_000));
        var ringing = await Task.WhenAll(desk.NextCall(Soon), mobile.NextCall(Soon));
        ringing[1].Accept();
        (await ringing[0].WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.Cancelled);
        await gateway.Events.Next<LegAccepted>(call.Contact);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, 2, new ConnectAgent(leg, null));
        await Task.WhenAll(outside.Audio.Hears(1000, Soon), ringing[1].Audio.Hears(440, Soon));
        outside.HangUp();
        (await gateway.Events.Whole(call.Contact)).ShouldNotContain("RecordingStarted");
    }

    [Fact]
    public async Task An_agent_whose_phone_vanishes_is_lost_and_the_caller_stays()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup, ("Telephony:MediaTimeoutSeconds", "1"));
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        await using var caller = new TestCaller(gateway.Sip);
        await using var outside = caller.Call(RunningGateway.Number);
        var call = await Answered(gateway, outside);
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, Agent, 10_000));
        var inside = await phone.NextCall(Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, 2, new ConnectAgent(leg, null));
        await inside.Audio.Hears(440, Soon);
        await inside.Audio.DisposeAsync();
        (await gateway.Events.Next<LegEnded>(call.Contact)).ShouldSatisfyAllConditions(e => e.End.ShouldBe(LegEnd.Lost), e => e.Leg.ShouldBe(leg));
        var control = await gateway.Events.Next<ControlChanged>(call.Contact, e => e.Epoch == 3);
        control.Holder.ShouldBe(ControlHolder.Ivr);
        await gateway.Done(call, 3, new Play([gateway.Tone(700, 1)], Loop: true));
        await outside.Audio.Hears(700, Soon);
    }

    [Fact]
    public async Task A_full_disk_refuses_new_calls_and_says_so()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup, ("Telephony:SpoolMegabytesMax", "16"));
        gateway.RecordingAnswers = 503;
        await using var caller = new TestCaller(gateway.Sip);
        await using var outside = caller.Call(RunningGateway.Number);
        var call = await Answered(gateway, outside);
        var blocks = gateway.Services.GetRequiredService<BlockSpool>();
        for (var n = 0; n < 20; n++)
        {
            blocks.Append(new(call.Tenant, call.Contact, Guid.NewGuid(), Agent, 0, 500), new byte[900_000]);
        }
        gateway.Services.GetRequiredService<Calls>().WhyClosed().ShouldBe(Refusals.SpoolFull);
        await using var refused = caller.Call(RunningGateway.Number);
        (await refused.WhenEnded(Soon)).Code.ShouldBe(503);
        using var http = new HttpClient { BaseAddress = gateway.Http };
        var health = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        health.StatusCode.ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
        (await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(Refusals.SpoolFull);
        (await gateway.Order(call, 1, new Play([gateway.Tone(700, 1)], Loop: true))).Outcome.ShouldBe(CommandOutcome.Done);
        await outside.Audio.Hears(700, Soon);
    }

    [Fact]
    public async Task One_trace_holds_the_call_its_leg_and_its_events()
    {
        var spans = new System.Collections.Concurrent.ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var gateway = await RunningGateway.Start(folder.Path, setup);
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        phone.WhenRinging = WhenRinging.Reject;
        await using var caller = new TestCaller(gateway.Sip);
        await using var outside = caller.Call(RunningGateway.Number);
        var call = await Answered(gateway, outside);
        await gateway.Done(call, 0, new OfferLeg(Guid.CreateVersion7(), Agent, 10_000));
        await gateway.Events.Next<LegRefused>(call.Contact);
        outside.HangUp();
        await gateway.Events.Whole(call.Contact);

        ActivityContext.TryParse(call.TraceParent, null, out var root).ShouldBeTrue();
        await TestKit.Eventually.Be(() => spans.Any(s => s.OperationName == "call" && s.TraceId == root.TraceId));
        var trace = spans.Where(s => s.TraceId == root.TraceId).ToList();
        trace.Single(s => s.OperationName == "call").ShouldSatisfyAllConditions(
            s => s.Parent.ShouldBeNull(), s => s.GetTagItem("callcenter.tenant").ShouldBe(call.Tenant));
        trace.Single(s => s.OperationName == "agent leg").ParentSpanId.ShouldBe(root.SpanId);
        trace.Count(s => s.OperationName.StartsWith("send ", StringComparison.Ordinal)).ShouldBe(gateway.Events.Of(call.Contact).Count);
    }
}
