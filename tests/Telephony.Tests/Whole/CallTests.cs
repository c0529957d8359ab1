using CallCenter.Contracts.Recording;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;
using CallAnswered = CallCenter.Contracts.Telephony.CallAnswered;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>The whole service with SIP phones; the test plays Ivr and Routing.</summary>
[Trait("needs", "server")]
public sealed class CallTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;
    private TestPhone phone = null!;

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path);
        caller = new TestCaller(gateway.Sip);
        phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        await gateway.Events.Next<DeviceReachable>(Agent);
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await phone.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    private Guid Agent => gateway.Setup.Phones[0].Agent;

    private async Task<(PhoneCall Phone, CallArrived Call)> Arrive(double hertz = 440)
    {
        var seen = gateway.Events.All.OfType<CallArrived>().Select(e => e.Contact).ToHashSet();
        var outside = caller.Call(RunningGateway.Number, hertz: hertz);
        return (outside, await gateway.Events.Next<CallArrived>(where: e => !seen.Contains(e.Contact)));
    }

    private async Task<(PhoneCall Phone, CallArrived Call)> Answered(double hertz = 440)
    {
        var (outside, call) = await Arrive(hertz);
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        await outside.WhenAnswered(Soon);
        return (outside, call);
    }

    private async Task<Guid> Offer(CallArrived call, int ringMs = 20_000)
    {
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, Agent, ringMs));
        return leg;
    }

    private async Task<(PhoneCall Caller, PhoneCall Agent, CallArrived Call, Guid Leg)> Talking(Guid? recording = null)
    {
        var (outside, call) = await Answered();
        var leg = await Offer(call);
        var inside = await phone.NextCall(Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, 2, new ConnectAgent(leg, recording));
        return (outside, inside, call, leg);
    }

    [Fact]
    public async Task A_whole_call_each_hears_the_other_and_the_recording_holds_both()
    {
        var (outside, call) = await Answered();
        (await gateway.Events.Next<CallAnswered>(call.Contact)).Codec.ShouldBe("PCMA");
        await gateway.Done(call, 1, new Play([gateway.Tone(700, 1)], Loop: true));
        await outside.Audio.Hears(700, Soon);

        var digits = gateway.Events.Next<DigitsCollected>(call.Contact);
        await gateway.Done(call, 1, new Collect([gateway.Tone(900, 5)], 1, "", 5000, 2000));
        await outside.Audio.Hears(900, Soon);
        outside.Audio.Press('2');
        (await digits).Digits.ShouldBe("2");

        var leg = await Offer(call);
        var inside = await phone.NextCall(Soon);
        inside.Incoming!.Request.Get("From")!.ShouldContain("\"Kaamos \\\"Oy\\\"\" <sip:+358401234567@127.0.0.1>");
        inside.Incoming.Request.FromUser.ShouldBe("+358401234567");
        await gateway.Events.Next<LegAccepted>(call.Contact);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        var recording = Guid.CreateVersion7();
        await gateway.Done(call, 2, new ConnectAgent(leg, recording));
        await Task.WhenAll(outside.Audio.Hears(1000, Soon), inside.Audio.Hears(440, Soon));
        await gateway.Events.Next<RecordingStarted>(call.Contact);
        await TestKit.Eventually.Be(() => gateway.Blocks.Count(b => b.Recording == recording) >= 2);
        outside.HangUp();
        await inside.WhenEnded(Soon);

        (await gateway.Events.Whole(call.Contact)).ShouldBe([
            "CallArrived", "ControlChanged", "CallAnswered", "PlayFinished", "DigitsCollected", "LegOffered", "LegAccepted", "ControlChanged",
            "AgentAnswered", "RecordingStarted", "LegEnded", "LegEnded", "RecordingEnded", "CallClosed"]);
        await CheckRecording(call, recording);
    }

    private async Task CheckRecording(CallArrived call, Guid recording)
    {
        var ended = await gateway.Events.Next<RecordingEnded>(call.Contact);
        await TestKit.Eventually.Be(() => gateway.Blocks.Count(b => b.Recording == recording) == ended.Blocks);
        var (callerSide, agentSide) = Recorded.Open(gateway, call, recording, Agent);
        (callerSide.Length / 8).ShouldBeInRange((int)ended.LengthMs - 1, (int)ended.LengthMs + 1); // both are whole milliseconds of the same time
        ToneProbe.DominantFrequency(callerSide.AsSpan(4000..8000), 8000).ShouldBe(440, 5);
        ToneProbe.DominantFrequency(agentSide.AsSpan(4000..8000), 8000).ShouldBe(1000, 5);
    }

    [Fact]
    public async Task The_caller_may_leave_in_every_phase()
    {
        var (ringing, unanswered) = await Arrive();
        ringing.HangUp();
        (await gateway.Events.Whole(unanswered.Contact)).ShouldBe(["CallArrived", "LegEnded", "CallClosed"]);

        var (listening, inMenu) = await Answered();
        await gateway.Done(inMenu, 1, new Play([gateway.Tone(700, 1)], Loop: true));
        listening.HangUp();
        (await gateway.Events.Whole(inMenu.Contact))[^3..].ShouldBe(["PlayFinished", "LegEnded", "CallClosed"]);

        phone.WhenRinging = WhenRinging.Ring;
        var (waiting, offered) = await Answered();
        await Offer(offered);
        var inside = await phone.NextCall(Soon);
        await gateway.Events.Next<LegRinging>(offered.Contact);
        waiting.HangUp();
        (await inside.WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.Cancelled);
        (await gateway.Events.Whole(offered.Contact))[^3..].ShouldBe(["LegEnded", "LegRefused", "CallClosed"]);
        (await gateway.Events.Next<LegEnded>(offered.Contact)).ShouldSatisfyAllConditions(e => e.Role.ShouldBe(LegRole.Caller), e => e.End.ShouldBe(LegEnd.PartyHungUp));
    }

    [Fact]
    public async Task The_agent_hangs_up_and_the_caller_stays_with_Ivr()
    {
        var (outside, inside, call, leg) = await Talking();
        await inside.Audio.Hears(440, Soon);
        inside.HangUp();
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg)).End.ShouldBe(LegEnd.PartyHungUp);
        (await gateway.Events.Next<ControlChanged>(call.Contact, e => e.Epoch == 3)).Holder.ShouldBe(ControlHolder.Ivr);
        await gateway.Done(call, 3, new HangUp("agent ended"));
        (await outside.WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.RemoteBye);
        (await gateway.Events.Whole(call.Contact))[^2..].ShouldBe(["LegEnded", "CallClosed"]);
    }

    [Fact]
    public async Task Offers_that_are_not_taken_say_why()
    {
        var (_, call) = await Answered();
        phone.WhenRinging = WhenRinging.Ring;
        var missed = await Offer(call, ringMs: 300);
        (await gateway.Events.Next<LegRefused>(call.Contact, e => e.Leg == missed)).Refusal.ShouldBe(LegRefusal.NoAnswer);
        (await (await phone.NextCall(Soon)).WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.Cancelled);

        phone.WhenRinging = WhenRinging.Reject;
        var busy = await Offer(call);
        (await gateway.Events.Next<LegRefused>(call.Contact, e => e.Leg == busy)).ShouldSatisfyAllConditions(
            e => e.Refusal.ShouldBe(LegRefusal.Busy), e => e.SipStatus.ShouldBe(486));
        await phone.NextCall(Soon);

        phone.WhenRinging = WhenRinging.Ring;
        var withdrawn = await Offer(call);
        var ringing = await phone.NextCall(Soon);
        await gateway.Done(call, 0, new WithdrawLeg(withdrawn));
        (await gateway.Events.Next<LegRefused>(call.Contact, e => e.Leg == withdrawn)).Refusal.ShouldBe(LegRefusal.Withdrawn);
        await ringing.WhenEnded(Soon);

        var nobody = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(nobody, gateway.Setup.Phones[1].Agent, 1000));
        (await gateway.Events.Next<LegRefused>(call.Contact, e => e.Leg == nobody)).Refusal.ShouldBe(LegRefusal.Unreachable);
    }

    [Fact]
    public async Task Hold_by_the_phone_gives_the_caller_music()
    {
        var (outside, inside, call, _) = await Talking();
        await outside.Audio.Hears(1000, Soon);
        inside.Hold(true);
        await gateway.Events.Next<CallHeld>(call.Contact);
        await outside.Audio.Hears(261.6, Soon);
        inside.Hold(false);
        await gateway.Events.Next<CallResumed>(call.Contact);
        await outside.Audio.Hears(1000, Soon);
        outside.HangUp();
        (await gateway.Events.Whole(call.Contact)).ShouldContain("CallResumed");
    }

    [Fact]
    public async Task Hold_by_command_gives_the_caller_music_whatever_the_phone_does_meanwhile()
    {
        var (outside, inside, call, leg) = await Talking();
        await Task.WhenAll(outside.Audio.Hears(1000, Soon), inside.Audio.Hears(440, Soon));
        await gateway.Done(call, 2, new HoldLeg(leg));
        await gateway.Events.Next<CallHeld>(call.Contact);
        await outside.Audio.Hears(261.6, Soon);
        inside.Hold(true);
        await TestKit.Eventually.Be(() => IsHeldByPhone(call, leg) is true);
        inside.Hold(false);
        await TestKit.Eventually.Be(() => IsHeldByPhone(call, leg) is false);
        await gateway.Done(call, 2, new RetrieveLeg(leg));
        await gateway.Events.Next<CallResumed>(call.Contact);
        await Task.WhenAll(outside.Audio.Hears(1000, Soon), inside.Audio.Hears(440, Soon));
        await gateway.Done(call, 2, new EndLeg(leg));
        (await inside.WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.RemoteBye);
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg)).End.ShouldBe(LegEnd.Ended);
        outside.HangUp();
        (await gateway.Events.Whole(call.Contact)).Where(type => type is "CallHeld" or "CallResumed").ShouldBe(["CallHeld", "CallResumed"]);
    }

    [Fact]
    public async Task A_message_is_the_caller_alone_after_the_beep()
    {
        var (outside, call) = await Answered();
        var message = Guid.CreateVersion7();
        await gateway.Done(call, 1, new RecordMessage(message, 60_000, 10_000, "#"));
        await outside.Audio.Hears(1400, Soon);
        (await gateway.Events.Next<RecordingStarted>(call.Contact)).Agent.ShouldBeNull();
        await TestKit.Eventually.Be(() => gateway.Blocks.Count(b => b.Recording == message) >= 3);
        outside.Audio.Press('#');
        var ended = await gateway.Events.Next<RecordingEnded>(call.Contact);
        ended.SoundMs.ShouldNotBeNull().ShouldBeInRange(1000, ended.LengthMs);
        await gateway.Done(call, 1, new HangUp("thanks"));
        await outside.WhenEnded(Soon);
        await TestKit.Eventually.Be(() => gateway.Blocks.Count(b => b.Recording == message) == ended.Blocks);
        var (callerSide, agentSide) = Recorded.Open(gateway, call, message, null);
        // A packet that came late breaks the tone's phase: short windows tell it, and none of them holds the beep.
        var windows = Enumerable.Range(0, 5).Select(n => callerSide[(n * 1600)..((n + 1) * 1600)]).ToList();
        windows.Max(w => ToneProbe.Share(w, 8000, 440)).ShouldBeGreaterThan(0.9);
        windows.ShouldAllBe(w => ToneProbe.Share(w, 8000, 1400) < 0.3);
        ToneProbe.LevelDb(agentSide).ShouldBeLessThan(-60);
    }

    [Fact]
    public async Task Silence_ends_a_message()
    {
        var (outside, call) = await Answered(hertz: 0);
        await gateway.Done(call, 1, new RecordMessage(Guid.CreateVersion7(), 60_000, 1_000, "#"));
        (await gateway.Events.Next<RecordingEnded>(call.Contact)).SoundMs.ShouldBe(0);
        outside.HangUp();
        (await gateway.Events.Whole(call.Contact))[^4..].ShouldBe(["RecordingStarted", "RecordingEnded", "LegEnded", "CallClosed"]);
    }

    private bool? IsHeldByPhone(CallArrived call, Guid leg) =>
        gateway.Services.GetRequiredService<Calls>().Live.Single(c => c.Contact == call.Contact).State.Legs.GetValueOrDefault(leg)?.PhoneHolds;

    [Fact]
    public async Task INFO_digits_are_collected()
    {
        var (outside, call) = await Answered();
        await gateway.Done(call, 1, new Collect([], 2, "#", 5000, 2000));
        outside.PressByInfo('4');
        outside.PressByInfo('#');
        (await gateway.Events.Next<DigitsCollected>(call.Contact)).ShouldSatisfyAllConditions(
            d => d.Digits.ShouldBe("4"), d => d.Outcome.ShouldBe(CollectOutcome.Complete));
    }

    [Fact]
    public async Task Commands_are_answered_once_and_only_to_who_has_control()
    {
        var (_, call) = await Answered();
        var play = new Play([gateway.Tone(700, 1)], Loop: false) { CommandId = Guid.CreateVersion7() };
        var first = await gateway.Done(call, 1, play);
        await gateway.Events.Next<PlayFinished>(call.Contact, e => e is { Outcome: PlayOutcome.Finished, PlayedMs: 1000 });
        (await gateway.Order(call, 1, play)).ShouldBe(first);
        gateway.Events.Of(call.Contact).OfType<PlayFinished>().Count().ShouldBe(1);

        (await gateway.Order(call, 0, new StopPlaying())).Outcome.ShouldBe(CommandOutcome.NotInControl);
        (await gateway.Order(call, 1, new EndLeg(Guid.NewGuid()))).Outcome.ShouldBe(CommandOutcome.NoSuchLeg);
        (await gateway.Commands.Send(new StopPlaying { Tenant = gateway.Setup.OtherTenant, Contact = call.Contact, Gateway = call.Gateway }, CancellationToken.None))
            .Outcome.ShouldBe(CommandOutcome.NoSuchCall);
        var missing = gateway.Events.Next<PlayFinished>(call.Contact, e => e.Outcome == PlayOutcome.Failed);
        await gateway.Done(call, 1, new Play([new(new string('0', 64), "/api/prompts/audio/none")], Loop: false));
        await missing;
    }

    [Fact]
    public async Task A_leg_that_is_accepted_and_not_connected_is_ended()
    {
        var (_, call) = await Answered();
        var leg = await Offer(call);
        var inside = await phone.NextCall(Soon);
        (await inside.WhenEnded(TimeSpan.FromSeconds(8))).Cause.ShouldBe(SipEndCause.RemoteBye);
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg)).End.ShouldBe(LegEnd.Ended);
    }

    [Fact]
    public async Task A_phone_that_is_switched_off_is_unreachable()
    {
        await phone.Unregister();
        (await gateway.Events.Next<DeviceUnreachable>(Agent)).Tenant.ShouldBe(gateway.Setup.Operator);
    }
}
