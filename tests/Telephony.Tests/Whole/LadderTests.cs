using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>The ladder of a whole call, from its INVITE to the answer to the last BYE.</summary>
[Trait("needs", "server")]
public sealed class LadderTests
{
    [Fact]
    public async Task A_call_with_an_agent_is_told_message_by_message()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await RunningGateway.Start(folder.Path);
        await using var caller = new TestCaller(gateway.Sip);
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        await gateway.Events.Next<DeviceReachable>(gateway.Setup.Phones[0].Agent);
        await using var outside = caller.Call(RunningGateway.Number);
        var call = await gateway.Events.Next<CallArrived>();
        await gateway.Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Done(call, 1, new AnswerCall());
        await outside.WhenAnswered(RunningGateway.Soon);
        await gateway.Done(call, 0, new OfferLeg(Guid.CreateVersion7(), gateway.Setup.Phones[0].Agent, 20_000));
        await gateway.Events.Next<LegAccepted>(call.Contact);
        outside.HangUp();
        await gateway.Events.Whole(call.Contact);

        await gateway.Events.Next<SipMessagesSeen>(where: e => e.Contact == call.Contact && e.Final, within: TimeSpan.FromSeconds(20));
        var told = gateway.Events.All.OfType<SipMessagesSeen>().Where(e => e.Contact == call.Contact).OrderBy(e => e.Sequence).ToList();
        told.ShouldAllBe(e => e.Tenant == call.Tenant && e.Dropped == 0);
        string[] Of(LegRole party) => [.. told.SelectMany(e => e.Messages).Where(m => m.Party == party)
            .Select(m => (m.Sent ? "> " : "< ") + string.Join(' ', m.Text.Split("\r\n")[0].Split(' ')[..2]).Replace("SIP/2.0 ", "", StringComparison.Ordinal).Split(" sip:")[0])];
        Of(LegRole.Caller).ShouldBe(["< INVITE", "> 100", "> 180", "> 200", "< ACK", "< BYE", "> 200"]);
        Of(LegRole.Agent).Where(line => !line.StartsWith("< 1", StringComparison.Ordinal)).ShouldBe(["> INVITE", "< 200", "> ACK", "> BYE", "< 200"]);
    }

    [Fact]
    public async Task A_phone_rings_again_when_it_knows_that_its_last_ring_is_over()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await RunningGateway.Start(folder.Path);
        await using var caller = new TestCaller(gateway.Sip);
        await using var phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        var agent = gateway.Setup.Phones[0].Agent;
        var registered = await gateway.Events.Next<DeviceReachable>(agent);
        using var busy = new ManualResetEventSlim();
        phone.WhenRinging = WhenRinging.Ring;
        phone.OnCall = () => busy.Wait(RunningGateway.Soon);
        await using PhoneCall one = caller.Call(RunningGateway.Number), other = caller.Call(RunningGateway.Number);
        var (first, second) = (await gateway.Answered(), await gateway.Answered());
        var withdrawn = await gateway.Offer(first, agent);

        await gateway.Done(first, 0, new WithdrawLeg(withdrawn));
        var passedOver = Guid.CreateVersion7();
        await gateway.Done(second, 0, new OfferLeg(passedOver, agent, 20_000));
        (await gateway.Events.Next<LegRefused>(where: e => e.Leg == passedOver)).Refusal.ShouldBe(LegRefusal.Unreachable);
        busy.Set();
        await (await phone.NextCall(RunningGateway.Soon)).WhenEnded(RunningGateway.Soon);
        await gateway.Events.Next<DeviceReachable>(agent, e => e.Sequence > registered.Sequence);
        var offered = Guid.CreateVersion7();
        await gateway.Done(second, 0, new OfferLeg(offered, agent, 20_000));
        await phone.NextCall(RunningGateway.Soon);
        one.HangUp();
        other.HangUp();
        foreach (var call in new[] { first, second })
        {
            await gateway.Events.Next<SipMessagesSeen>(where: e => e.Contact == call.Contact && e.Final, within: RunningGateway.Soon);
        }

        var seen = gateway.Events.All.OfType<SipMessagesSeen>().SelectMany(e => e.Messages).Where(m => m.Party == LegRole.Agent).ToList();
        DateTimeOffset When(Guid leg, string starts) => seen.First(m => m.Leg == leg && m.Text.StartsWith(starts, StringComparison.Ordinal)).At;
        When(offered, "INVITE").ShouldBeGreaterThanOrEqualTo(When(withdrawn, "SIP/2.0 487"));
    }

    [Fact]
    public async Task A_phone_that_does_not_know_that_its_last_ring_is_over_is_passed_over_for_another()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await RunningGateway.Start(folder.Path);
        await using var caller = new TestCaller(gateway.Sip);
        await using var stuck = await TestPhone.Register(gateway.Sip, "1001", "secret");
        var agent = gateway.Setup.Phones[0].Agent;
        using var busy = new ManualResetEventSlim();
        stuck.WhenRinging = WhenRinging.Ring;
        stuck.OnCall = () => busy.Wait(RunningGateway.Soon);
        await using PhoneCall one = caller.Call(RunningGateway.Number), other = caller.Call(RunningGateway.Number);
        var (first, second) = (await gateway.Answered(), await gateway.Answered());
        await gateway.Done(first, 0, new WithdrawLeg(await gateway.Offer(first, agent)));
        await using var spare = await TestPhone.Register(gateway.Sip, "1001", "secret");
        spare.WhenRinging = WhenRinging.Ring;

        await gateway.Offer(second, agent);

        await spare.NextCall(RunningGateway.Soon);
        busy.Set();
        await (await stuck.NextCall(RunningGateway.Soon)).WhenEnded(RunningGateway.Soon);
    }

    [Fact]
    public async Task A_refused_call_has_its_ladder()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await RunningGateway.Start(folder.Path);
        await using var caller = new TestCaller(gateway.Sip);
        await using var outside = caller.Call(RunningGateway.NoFlowNumber);
        var rejected = await gateway.Events.Next<CallRejected>();
        var seen = await gateway.Events.Next<SipMessagesSeen>(where: e => e.Contact == rejected.Contact);
        seen.Messages[0].Text.ShouldStartWith("INVITE sip:" + RunningGateway.NoFlowNumber);
        await gateway.Stop();
        gateway.Events.All.OfType<SipMessagesSeen>().Where(e => e.Contact == rejected.Contact).SelectMany(e => e.Messages)
            .ShouldContain(m => m.Text.StartsWith("SIP/2.0 480", StringComparison.Ordinal));
    }
}
