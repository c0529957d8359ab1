using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Recorder;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Stops, kills and starts: nothing is lost and nothing stays open.</summary>
[Trait("needs", "server")]
public sealed class RestartTests : IDisposable
{
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private readonly Setup setup = new();

    public void Dispose() => folder.Dispose();

    private static async Task<(PhoneCall Outside, CallArrived Call)> Answered(RunningGateway gateway, TestCaller caller)
    {
        var seen = gateway.Events.All.OfType<CallArrived>().Select(e => e.Contact).ToHashSet();
        var outside = caller.Call(RunningGateway.Number);
        var call = await gateway.Events.Next<CallArrived>(where: e => !seen.Contains(e.Contact));
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        await outside.WhenAnswered(Soon);
        return (outside, call);
    }

    private static async Task<Guid> Connect(RunningGateway gateway, CallArrived call, Guid agent, Guid recording)
    {
        var leg = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(leg, agent, 10_000));
        await gateway.Events.Next<LegAccepted>(call.Contact);
        await gateway.Done(call, 1, new TakeControl(ControlHolder.Routing));
        await gateway.Done(call, 2, new ConnectAgent(leg, recording));
        return leg;
    }

    [Fact]
    public async Task A_stop_ends_calls_as_GatewayStopped_with_all_events_and_leaves_nothing()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup);
        await using var caller = new TestCaller(gateway.Sip);
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        var (outside, call) = await Answered(gateway, caller);
        var recording = Guid.CreateVersion7();
        await Connect(gateway, call, setup.Phones[0].Agent, recording);
        await outside.Audio.Hears(1000, Soon);
        var waiting = caller.Call(RunningGateway.Number);
        var second = await gateway.Events.Next<CallArrived>(where: e => e.Contact != call.Contact);

        await gateway.Stop().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        (await outside.WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.RemoteBye);
        await waiting.WhenEnded(Soon);
        (await gateway.Events.Whole(call.Contact))[^4..].ShouldBe(["LegEnded", "LegEnded", "RecordingEnded", "CallClosed"]);
        gateway.Events.Of(call.Contact).OfType<LegEnded>().ShouldAllBe(e => e.End == LegEnd.GatewayStopped);
        (await gateway.Events.Whole(second.Contact)).ShouldBe(["CallArrived", "LegEnded", "CallClosed"]);
        gateway.Blocks.Count(b => b.Recording == recording).ShouldBe((int)gateway.Events.Of(call.Contact).OfType<RecordingEnded>().Single().Blocks);
        Directory.GetDirectories(folder.File("telephony/incarnations")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gateway_that_drains_takes_no_call_and_stops_when_its_last_one_has_ended()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup, ("Telephony:DrainSeconds", "3600"));
        await using var caller = new TestCaller(gateway.Sip);
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        var (outside, call) = await Answered(gateway, caller);

        var stopped = gateway.Stop();

        (await caller.Call(RunningGateway.Number).WhenEnded(Soon)).Code.ShouldBe(503);
        await Connect(gateway, call, setup.Phones[0].Agent, Guid.CreateVersion7());
        await outside.Audio.Hears(1000, Soon);
        stopped.IsCompleted.ShouldBeFalse("a call goes on");
        outside.HangUp();
        await stopped.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        gateway.Events.Of(call.Contact).OfType<LegEnded>().ShouldNotContain(e => e.End == LegEnd.GatewayStopped);
        gateway.Events.Of(call.Contact).OfType<CallClosed>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Calls_that_outlast_the_drain_are_ended()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup, ("Telephony:DrainSeconds", "1"));
        await using var caller = new TestCaller(gateway.Sip);
        var (outside, call) = await Answered(gateway, caller);

        await gateway.Stop().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        (await outside.WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.RemoteBye);
        gateway.Events.Of(call.Contact).OfType<LegEnded>().ShouldAllBe(e => e.End == LegEnd.GatewayStopped);
    }

    [Fact]
    public async Task After_a_kill_the_next_start_ends_what_was_open_and_ships_what_was_spooled()
    {
        using var killed = new TemporaryFolder();
        var recording = Guid.CreateVersion7();
        CallArrived call;
        await using (var gateway = await RunningGateway.Start(folder.Path, setup))
        {
            gateway.RecordingAnswers = 503;
            await using var caller = new TestCaller(gateway.Sip);
            await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
            (var outside, call) = await Answered(gateway, caller);
            await Connect(gateway, call, setup.Phones[0].Agent, recording);
            await outside.Audio.Hears(1000, Soon);
            var spool = gateway.Services.GetRequiredService<BlockSpool>();
            await TestKit.Eventually.Be(() => spool.Progress(recording).Blocks >= 2);
            await TestKit.Eventually.Be(() => File.Exists(gateway.Data + "/telephony/registrations.json"));
            // What a kill leaves is the folder as it is at this moment.
            Copy(folder.Path, killed.Path);
        }

        await using var next = await RunningGateway.Start(killed.Path, setup);
        var told = await next.Events.Whole(call.Contact);
        told[..^4].ShouldBe(["CallArrived", "ControlChanged", "CallAnswered", "LegOffered", "LegAccepted", "ControlChanged", "AgentAnswered", "RecordingStarted"]);
        told[^4..].ShouldBe(["LegEnded", "LegEnded", "RecordingEnded", "CallClosed"]);
        next.Events.Of(call.Contact).OfType<LegEnded>().ShouldAllBe(e => e.End == LegEnd.GatewayDied);
        next.Events.Of(call.Contact).ShouldAllBe(e => e.Source == $"telephony/{call.Gateway}");
        var ended = next.Events.Of(call.Contact).OfType<RecordingEnded>().Single();
        ended.Blocks.ShouldBeGreaterThanOrEqualTo(2);
        await TestKit.Eventually.Be(() => next.Blocks.Count(b => b.Recording == recording) == ended.Blocks);

        var reachable = await next.Events.Next<DeviceReachable>(setup.Phones[0].Agent, e => e.Gateway != call.Gateway);
        reachable.Until.ShouldBeGreaterThan(TimeProvider.System.Now());
        await TestKit.Eventually.Be(() => Directory.GetDirectories(killed.Path + "/telephony/incarnations").Length == 1);
    }

    [Fact]
    public async Task A_phone_that_did_not_register_again_rings_after_a_restart()
    {
        TestPhone phone;
        await using (var gateway = await RunningGateway.Start(folder.Path, setup))
        {
            phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
            await gateway.Events.Next<DeviceReachable>();
        }
        await using (phone)
        {
            await using var next = await RunningGateway.Start(folder.Path, setup);
            await using var caller = new TestCaller(next.Sip);
            await next.Events.Next<DeviceReachable>(setup.Phones[0].Agent);
            var (_, call) = await Answered(next, caller);
            await next.Done(call, 0, new OfferLeg(Guid.CreateVersion7(), setup.Phones[0].Agent, 10_000));
            await phone.NextCall(Soon);
        }
    }

    [Fact]
    public async Task A_block_that_Recording_never_takes_is_set_aside_and_the_others_arrive()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup);
        gateway.RefusedBlock = 1;
        await using var caller = new TestCaller(gateway.Sip);
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        var (outside, call) = await Answered(gateway, caller);
        var recording = Guid.CreateVersion7();
        await Connect(gateway, call, setup.Phones[0].Agent, recording);
        await TestKit.Eventually.Be(() => gateway.Services.GetRequiredService<BlockSpool>().Progress(recording).Blocks >= 3);
        outside.HangUp();
        await gateway.Events.Whole(call.Contact);
        var blocks = (int)gateway.Events.Of(call.Contact).OfType<RecordingEnded>().Single().Blocks;
        await TestKit.Eventually.Be(() => gateway.Blocks.Count(b => b.Recording == recording) == blocks - 1);
        await TestKit.Eventually.Be(() => gateway.Services.GetRequiredService<BlockSpool>().Unshipped == 0);
        Directory.GetFiles(gateway.Data, $"*-{recording}-1.block", SearchOption.AllDirectories).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Blocks_are_shipped_when_Recording_is_back()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup);
        gateway.RecordingAnswers = 503;
        await using var caller = new TestCaller(gateway.Sip);
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        var (outside, call) = await Answered(gateway, caller);
        var recording = Guid.CreateVersion7();
        await Connect(gateway, call, setup.Phones[0].Agent, recording);
        await outside.Audio.Hears(1000, Soon);
        outside.HangUp();
        await gateway.Events.Whole(call.Contact);
        gateway.Blocks.ShouldBeEmpty();
        gateway.RecordingAnswers = null;
        var blocks = (int)gateway.Events.Of(call.Contact).OfType<RecordingEnded>().Single().Blocks;
        await TestKit.Eventually.Be(() => gateway.Blocks.Count(b => b.Recording == recording) == blocks);
        var spool = gateway.Services.GetRequiredService<BlockSpool>();
        await TestKit.Eventually.Be(() => spool.Unshipped == 0);
    }

    [Fact]
    public async Task Missing_events_are_sent_again_when_asked_for()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup);
        await using var caller = new TestCaller(gateway.Sip);
        var (outside, call) = await Answered(gateway, caller);
        outside.HangUp();
        await gateway.Events.Whole(call.Contact);
        var bus = gateway.Services.GetRequiredService<MassTransit.IBus>();
        await bus.Publish(new ResendEvents(call.Tenant, call.Contact, call.Source, 2, 3), TestContext.Current.CancellationToken);
        await TestKit.Eventually.Be(() => gateway.Events.All.Count(e => e.Stream == call.Contact && e.Sequence is 2 or 3) >= 4);
        gateway.Events.All.Count(e => e.Stream == call.Contact && e.Sequence == 1).ShouldBe(1);
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        }
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("/lock", StringComparison.Ordinal)))
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(file.Replace(from, to, StringComparison.Ordinal));
            source.CopyTo(target);
        }
    }
}
