using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>More than two parties, with SIP phones that speak tones: who hears whom.</summary>
[Trait("needs", "server")]
public sealed class ConsultTests : IAsyncLifetime
{
    private const double Caller = 440, First = 1000, Second = 1700, Boss = 2500;
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private readonly TestPhone outside = TestPhone.Unregistered(Second);
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;
    private TestPhone[] phones = [];

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, new Setup { Outside = outside.Address });
        caller = new TestCaller(gateway.Sip);
        phones = [await Phone("1001", First, 0), await Phone("1002", Second, 1), await Phone("1003", Boss, 2)];
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        foreach (var phone in (TestPhone[])[.. phones, outside])
        {
            await phone.DisposeAsync();
        }
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task The_agent_consults_confers_and_hands_over()
    {
        var (outer, inner, call, leg) = await Talking();
        var second = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(second, Agent(1), 20_000));
        var colleague = await phones[1].NextCall(Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == second);

        await gateway.Done(call, 0, new ConsultLeg(leg, second, Guid.CreateVersion7()));
        await Task.WhenAll(inner.Audio.Hears(Second, Soon), colleague.Audio.Hears(First, Soon));
        await HearsNone(outer, First, Second);

        await gateway.Done(call, 0, new StartConference(leg));
        await Task.WhenAll(Hears(outer, First, Second), Hears(inner, Caller, Second), Hears(colleague, Caller, First));

        await gateway.Done(call, 0, new CompleteTransfer(leg));
        await inner.WhenEnded(Soon);
        await Task.WhenAll(outer.Audio.Hears(Second, Soon), colleague.Audio.Hears(Caller, Soon));
        (await gateway.Events.Next<RecordingStarted>(call.Contact, e => e.Agent == Agent(1))).Leg.ShouldBe(second);
        outer.HangUp();
        await colleague.WhenEnded(Soon);
        await gateway.Events.Next<CallClosed>(call.Contact);
    }

    [Fact]
    public async Task A_number_outside_is_called_by_the_trunk_and_has_the_caller()
    {
        var (outer, inner, call, leg) = await Talking();
        var number = Guid.CreateVersion7();
        (await gateway.Order(call, 0, new DialNumber(number, "+4670", 20_000))).ShouldSatisfyAllConditions(
            r => r.Outcome.ShouldBe(CommandOutcome.Refused), r => r.Detail!.ShouldContain("no trunk allows calls to +4670"));
        await gateway.Done(call, 0, new DialNumber(number, "+358912345", 20_000));
        var other = await outside.NextCall(Soon);
        other.Incoming!.Request.RequestUri.ShouldStartWith("sip:+358912345@");
        other.Incoming.Request.FromUser.ShouldBe(RunningGateway.Number);
        other.Incoming.Request.Get("P-Asserted-Identity").ShouldNotBeNull().ShouldStartWith($"<sip:{RunningGateway.Number}@");
        (await gateway.Events.Next<NumberDialled>(call.Contact)).Trunk.ShouldBe("local");
        await gateway.Events.Next<NumberAnswered>(call.Contact);
        await gateway.Done(call, 0, new ConsultLeg(leg, number, null));
        await Task.WhenAll(inner.Audio.Hears(Second, Soon), other.Audio.Hears(First, Soon));
        await gateway.Done(call, 0, new CompleteTransfer(leg));
        await Task.WhenAll(outer.Audio.Hears(Second, Soon), other.Audio.Hears(Caller, Soon));
        other.HangUp();
        (await gateway.Events.Next<ControlChanged>(call.Contact, e => e.Cause == "NumberEnded")).Holder.ShouldBe(ControlHolder.Ivr);
    }

    [Fact]
    public async Task The_agents_phone_hands_the_caller_on_and_is_told_how_it_went()
    {
        var (outer, inner, call, leg) = await Talking();
        inner.Transfer("nobody we could ring");
        await Eventually.Be(() => inner.Referred.LastOrDefault() == new CallReferred(603, true));
        inner.Transfer("1002");
        var asked = await gateway.Events.Next<TransferAsked>(call.Contact);
        (asked.Leg, asked.Agent, asked.ToAgent, asked.Number, asked.Attended).ShouldBe((leg, Agent(0), Agent(1), null, false));
        await gateway.Done(call, 0, new OfferLeg(Guid.CreateVersion7(), Agent(1), 20_000));
        await gateway.Done(call, 0, new TransferLeg(leg));
        await inner.WhenEnded(Soon);
        inner.Referred.Select(r => r.Code).ShouldBe([603, 202, 100, 200]);
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg)).End.ShouldBe(LegEnd.Transferred);
        outer.HangUp();
        await gateway.Events.Next<CallClosed>(call.Contact);
    }

    [Fact]
    public async Task A_supervisor_listens_whispers_and_takes_over()
    {
        var (outer, inner, call, leg) = await Talking();
        var watching = Guid.CreateVersion7();
        (await gateway.Order(call, 0, new MonitorLeg(watching, Guid.NewGuid(), leg, MonitorMode.Listen, 20_000))).ShouldSatisfyAllConditions(
            r => r.Outcome.ShouldBe(CommandOutcome.Refused), r => r.Detail!.ShouldContain("no telephone"));
        await gateway.Done(call, 0, new MonitorLeg(watching, Agent(2), leg, MonitorMode.Listen, 20_000));
        var boss = await phones[2].NextCall(Soon);
        await gateway.Events.Next<MonitorStarted>(call.Contact);
        await Hears(boss, Caller, First);
        await HearsNone(inner, Boss);

        await gateway.Done(call, 0, new MonitorLeg(watching, Agent(2), leg, MonitorMode.Whisper, 20_000));
        await Hears(inner, Caller, Boss);
        await HearsNone(outer, Boss);

        await gateway.Done(call, 0, new MonitorLeg(watching, Agent(2), leg, MonitorMode.TakeOver, 20_000));
        await inner.WhenEnded(Soon);
        await Task.WhenAll(outer.Audio.Hears(Boss, Soon), boss.Audio.Hears(Caller, Soon));
    }

    [Fact]
    public async Task A_paused_recording_holds_silence()
    {
        var recording = Guid.CreateVersion7();
        var (outer, _, call, leg) = await Talking(recording);
        await gateway.Done(call, 0, new PauseRecording(leg));
        await gateway.Events.Next<RecordingPaused>(call.Contact, e => e.Recording == recording);
        await gateway.Done(call, 0, new ResumeRecording(leg));
        await gateway.Events.Next<RecordingResumed>(call.Contact);
        await gateway.Done(call, 0, new SendDigits(leg, "5"));
        outer.HangUp();
        await gateway.Events.Next<CallClosed>(call.Contact);
    }

    private Guid Agent(int index) => gateway.Setup.Phones[index].Agent;

    private async Task<TestPhone> Phone(string user, double hertz, int index)
    {
        var phone = await TestPhone.Register(gateway.Sip, user, "secret", hertz);
        await gateway.Events.Next<DeviceReachable>(Agent(index));
        return phone;
    }

    private async Task<(PhoneCall Caller, PhoneCall Agent, CallArrived Call, Guid Leg)> Talking(Guid? recording = null)
    {
        var outer = caller.Call(RunningGateway.Number, hertz: Caller);
        var call = await gateway.Events.Next<CallArrived>();
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, Agent(0), 20_000));
        var inner = await phones[0].NextCall(Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, 2, new ConnectAgent(leg, recording));
        await Task.WhenAll(outer.Audio.Hears(First, Soon), inner.Audio.Hears(Caller, Soon));
        return (outer, inner, call, leg);
    }

    /// <summary>Waits for 200 ms in which both tones are heard, neither much less than the other.</summary>
    private static Task Hears(PhoneCall phone, double one, double other) => Until(phone, heard =>
        ToneProbe.Share(heard, 8000, one) > 0.3 && ToneProbe.Share(heard, 8000, other) > 0.3);

    private static Task HearsNone(PhoneCall phone, params double[] tones) => Until(phone, heard =>
        tones.All(tone => ToneProbe.Share(heard, 8000, tone) < 0.02));

    private static Task Until(PhoneCall phone, Predicate<short[]> condition) =>
        TestKit.Eventually.Be(() => condition(phone.Audio.LastHeard(TimeSpan.FromMilliseconds(200))));
}
